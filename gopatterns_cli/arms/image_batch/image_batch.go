// Package imagebatch decodes, shrinks and encodes images: what the workers of an image batch do.
package imagebatch

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
)

// Smaller is how much narrower and lower an image becomes.
const Smaller = 4

// Picture makes a JPEG of that size: red grows from left to right, green from top to bottom, blue is given.
func Picture(width, height int, blue uint8) ([]byte, error) {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			red, green := uint8(x*255/(width-1)), uint8(y*255/(height-1))
			picture.SetRGBA(x, y, color.RGBA{red, green, blue, 255})
		}
	}
	return encoded(picture)
}

// Resize returns the JPEG at a quarter of its width and height.
func Resize(picture []byte) ([]byte, error) {
	whole, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	return encoded(bilinear(whole, whole.Bounds().Dx()/Smaller, whole.Bounds().Dy()/Smaller))
}

func encoded(picture image.Image) ([]byte, error) {
	var written bytes.Buffer
	err := jpeg.Encode(&written, picture, &jpeg.Options{Quality: 75})
	return written.Bytes(), err
}

// bilinear averages, for each new pixel, the old ones that it covers, the nearer ones weighing more: a
// triangle filter, which is what a bilinear filter is when an image shrinks.
func bilinear(whole image.Image, width, height int) *image.RGBA {
	bounds := whole.Bounds()
	columns, rows := weights(bounds.Dx(), width), weights(bounds.Dy(), height)
	rgb := flat(whole)
	// First along the rows, then along the columns.
	narrow := make([]float32, 3*width*bounds.Dy())
	for y := range bounds.Dy() {
		line := rgb[3*y*bounds.Dx():]
		for x, column := range columns {
			var red, green, blue float32
			for i, weight := range column.of {
				at := 3 * (column.first + i)
				red += weight * line[at]
				green += weight * line[at+1]
				blue += weight * line[at+2]
			}
			at := 3 * (y*width + x)
			narrow[at], narrow[at+1], narrow[at+2] = red, green, blue
		}
	}
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	for y, row := range rows {
		for x := range width {
			var sum [3]float32
			for i, weight := range row.of {
				at := 3 * ((row.first+i)*width + x)
				for channel := range sum {
					sum[channel] += weight * narrow[at+channel]
				}
			}
			small.SetRGBA(x, y, color.RGBA{uint8(sum[0] + 0.5), uint8(sum[1] + 0.5), uint8(sum[2] + 0.5), 255})
		}
	}
	return small
}

// share says how much the old pixels from first on count for one new pixel.
type share struct {
	first int
	of    []float32
}

func weights(from, to int) []share {
	scale := float32(from) / float32(to)
	shares := make([]share, to)
	for number := range shares {
		centre := (float32(number) + 0.5) * scale
		first, last := max(int(centre-scale), 0), min(int(centre+scale)+1, from)
		of := make([]float32, last-first)
		var sum float32
		for i := range of {
			distance := (float32(first+i) + 0.5 - centre) / scale
			of[i] = max(1-max(distance, -distance), 0)
			sum += of[i]
		}
		for i := range of {
			of[i] /= sum
		}
		shares[number] = share{first, of}
	}
	return shares
}

func flat(whole image.Image) []float32 {
	bounds := whole.Bounds()
	rgb := make([]float32, 0, 3*bounds.Dx()*bounds.Dy())
	luma, isYCbCr := whole.(*image.YCbCr)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if isYCbCr {
				at := luma.YOffset(x, y)
				chroma := luma.COffset(x, y)
				red, green, blue := color.YCbCrToRGB(luma.Y[at], luma.Cb[chroma], luma.Cr[chroma])
				rgb = append(rgb, float32(red), float32(green), float32(blue))
				continue
			}
			red, green, blue, _ := whole.At(x, y).RGBA()
			rgb = append(rgb, float32(red>>8), float32(green>>8), float32(blue>>8))
		}
	}
	return rgb
}

// Look returns the size and the mean colour of a JPEG.
func Look(picture []byte) (width, height int, mean [3]float64, err error) {
	whole, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		return 0, 0, mean, err
	}
	rgb := flat(whole)
	for at, value := range rgb {
		mean[at%3] += float64(value) / float64(len(rgb)/3)
	}
	return whole.Bounds().Dx(), whole.Bounds().Dy(), mean, nil
}
