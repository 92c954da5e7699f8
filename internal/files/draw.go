package files

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"

	"danvan/internal/fault"
)

// Drawn is a picture of our own making: a JPEG that holds points and nothing else.
type Drawn struct {
	Data          []byte
	Width, Height int
}

// Draw draws an uploaded picture anew, the right way up, on white, in each width that is not wider than it is; one that is
// narrower than all is drawn as it is. Place, device, time and comments are gone with the old file.
func Draw(data []byte, name string, widths []int) ([]Drawn, error) {
	c, err := Clean(data, name)
	if err != nil {
		return nil, err
	}
	if c.MIME != mimeJPEG && c.MIME != mimePNG {
		return nil, refuse(name, "không phải ảnh; hãy chọn ảnh JPG hoặc PNG")
	}
	if c.Picture == nil {
		return nil, refuse(name, "là ảnh quá lớn (hơn 26 triệu điểm); hãy thu nhỏ rồi tải lại")
	}
	var img image.Image
	up := 1
	if c.MIME == mimeJPEG {
		if _, up, err = stripJPEG(c.Data); err == nil {
			img, err = jpeg.Decode(bytes.NewReader(c.Data))
		}
	} else {
		img, err = png.Decode(bytes.NewReader(c.Data))
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, refuse(name, errImage.Error()).Error())
	}
	img = upright(img, up)
	var out []Drawn
	for i, w := range widths {
		if w = min(w, img.Bounds().Dx()); i > 0 && w <= out[len(out)-1].Width {
			break
		}
		d, err := scaled(img, w)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func scaled(img image.Image, w int) (Drawn, error) {
	b := img.Bounds()
	h := max(1, b.Dy()*w/b.Dx())
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(small, small.Bounds(), img, b, draw.Over, nil)
	var out bytes.Buffer
	err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 80})
	return Drawn{out.Bytes(), w, h}, err
}

// upright turns a picture the right way up.
func upright(img image.Image, up int) image.Image {
	if up <= 1 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	ow, oh := w, h
	if up >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range h {
		for x := range w {
			ox, oy := placed(x, y, w, h, up)
			out.Set(ox, oy, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}
