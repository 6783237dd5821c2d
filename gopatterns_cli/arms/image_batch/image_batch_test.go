package imagebatch

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"

	"gopat/leaks"
)

const near = 2.0 // JPEG loses a little

func TestAPictureShrinksToAQuarterAndKeepsItsMeanColour(t *testing.T) {
	left := leaks.Count(func() {
		for _, blue := range []uint8{0, 90, 210} {
			picture, err := Picture(320, 240, blue)
			if err != nil {
				t.Fatal(err)
			}
			small, err := Resize(picture)
			if err != nil {
				t.Fatal(err)
			}
			width, height, mean, err := Look(small)
			if err != nil || width != 80 || height != 60 {
				t.Errorf("found %dx%d, %v", width, height, err)
			}
			for channel, expected := range []float64{127.5, 127.5, float64(blue)} {
				if math.Abs(mean[channel]-expected) > near {
					t.Errorf("blue %d, channel %d: mean %.1f, expected %.1f", blue, channel, mean[channel], expected)
				}
			}
		}
	})
	if left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestAGradientStaysOne(t *testing.T) {
	whole := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			whole.SetRGBA(x, y, color.RGBA{uint8(4 * x), uint8(8 * y), 7, 255})
		}
	}
	small := bilinear(whole, 16, 8)
	for y := 1; y < 7; y++ { // at the edges the filter has one side only
		for x := 1; x < 15; x++ {
			found := small.RGBAAt(x, y)
			// The mean of the four columns and of the four rows below a pixel.
			red, green := 16*float64(x)+6, 32*float64(y)+12
			if math.Abs(float64(found.R)-red) > 1 || math.Abs(float64(found.G)-green) > 1 || found.B != 7 {
				t.Errorf("at %d,%d: %v, expected %.0f, %.0f, 7", x, y, found, red, green)
			}
		}
	}
}

func TestTheWeightsOfEveryNewPixelAddUpToOne(t *testing.T) {
	for _, sizes := range [][2]int{{320, 80}, {7, 3}, {5, 5}, {3, 1}} {
		for number, share := range weights(sizes[0], sizes[1]) {
			var sum float32
			for _, weight := range share.of {
				sum += weight
			}
			if math.Abs(float64(sum)-1) > 1e-5 || share.first < 0 || share.first+len(share.of) > sizes[0] {
				t.Errorf("%v, pixel %d: sum %v of %d from %d on", sizes, number, sum, len(share.of), share.first)
			}
		}
	}
}

func TestAGreyPictureIsResizedToo(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 40, 40))
	for at := range grey.Pix {
		grey.Pix[at] = 100
	}
	var written bytes.Buffer
	if err := jpeg.Encode(&written, grey, nil); err != nil {
		t.Fatal(err)
	}
	small, err := Resize(written.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	width, height, mean, err := Look(small)
	if err != nil || width != 10 || height != 10 || math.Abs(mean[0]-100) > near {
		t.Errorf("found %dx%d of %v, %v", width, height, mean, err)
	}
}

func TestWhatIsNoPictureIsAnError(t *testing.T) {
	whole, err := Picture(32, 32, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, picture := range map[string][]byte{"nothing": nil, "text": []byte("text"), "a half": whole[:len(whole)/2]} {
		if _, err := Resize(picture); err == nil {
			t.Errorf("%s was resized", name)
		}
		if _, _, _, err := Look(picture); err == nil {
			t.Errorf("%s was looked at", name)
		}
	}
}
