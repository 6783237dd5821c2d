module gopat/differential

go 1.25
