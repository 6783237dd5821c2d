module gopat

go 1.23
