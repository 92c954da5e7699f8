package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
)

// Pictures may be as large as a scanner or a good camera makes them. Only those of at most maxDrawn points are drawn
// small, for drawing takes memory for every point.
const (
	maxSide  = 15_000
	maxDots  = 80_000_000
	maxDrawn = 26_000_000
)

var errImage = errors.New("là ảnh bị hỏng hoặc tải chưa hết; hãy mở thử rồi tải lại")

func sizeOK(c image.Config) error {
	if c.Width <= 0 || c.Height <= 0 {
		return errImage
	}
	if c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxDots {
		return errors.New("là ảnh quá lớn (hơn 80 triệu điểm hoặc cạnh quá 15.000 điểm); hãy thu nhỏ rồi tải lại")
	}
	return nil
}

// cleanJPEG copies a JPEG segment by segment, without application and comment segments. Only the way up is kept of
// what the camera wrote, for without it phones' pictures would lie on their side.
func cleanJPEG(data []byte) (Cleaned, error) {
	conf, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Cleaned{}, errImage
	}
	if err := sizeOK(conf); err != nil {
		return Cleaned{}, err
	}
	out, up, err := stripJPEG(data)
	if err != nil {
		return Cleaned{}, err
	}
	c := Cleaned{Data: out, MIME: mimeJPEG}
	if conf.Width*conf.Height <= maxDrawn {
		img, err := jpeg.Decode(bytes.NewReader(out))
		if err != nil {
			return Cleaned{}, errImage
		}
		c.Picture = drawn(img, up)
	}
	return c, nil
}

func stripJPEG(data []byte) (out []byte, up int, err error) {
	out, up = append(out, 0xff, 0xd8), 1
	var kept []byte
	for i := 2; ; {
		for i < len(data) && data[i] == 0xff && i+1 < len(data) && data[i+1] == 0xff {
			i++
		}
		if i+4 > len(data) || data[i] != 0xff {
			return nil, 0, errImage
		}
		marker, n := data[i+1], int(binary.BigEndian.Uint16(data[i+2:]))
		if n < 2 || i+2+n > len(data) {
			return nil, 0, errImage
		}
		segment := data[i : i+2+n]
		i += 2 + n
		switch {
		case marker == 0xe1:
			if o := orientation(segment[4:]); o != 0 {
				up = o
			}
		case marker == 0xfe, marker >= 0xe0 && marker <= 0xef && marker != 0xe0 && marker != 0xee:
		case marker == 0xe0 && !bytes.HasPrefix(segment[4:], []byte("JFIF\x00")):
		case marker == 0xda:
			scan, next, last := scanOf(data, i)
			kept = append(append(kept, segment...), scan...)
			if i = next; last {
				if up != 1 {
					out = append(out, orientationSegment(up)...)
				}
				return append(append(out, kept...), 0xff, 0xd9), up, nil
			}
		default:
			kept = append(kept, segment...)
		}
	}
}

// scanOf is the coded data from i to the next marker; last says that the picture ends there. Data cut short ends it
// too, as every reader of pictures takes it.
func scanOf(data []byte, i int) (scan []byte, next int, last bool) {
	for j := i; j+1 < len(data); j++ {
		if data[j] != 0xff || data[j+1] == 0 || data[j+1] == 0xff || data[j+1] >= 0xd0 && data[j+1] <= 0xd7 {
			continue
		}
		return data[i:j], j, data[j+1] == 0xd9
	}
	return data[i:], len(data), true
}

// orientation reads the way up from an EXIF segment, 0 where there is none.
func orientation(b []byte) int {
	b, ok := bytes.CutPrefix(b, []byte("Exif\x00\x00"))
	if !ok || len(b) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if b[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 0
	}
	for k := range int64(order.Uint16(b[at:])) {
		e := at + 2 + 12*k
		if e+12 > int64(len(b)) {
			return 0
		}
		if order.Uint16(b[e:]) == 0x0112 {
			if o := int(order.Uint16(b[e+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
	}
	return 0
}

// orientationSegment is an EXIF segment that says nothing but the way up.
func orientationSegment(up int) []byte {
	tiff := []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(up), 0, 0, 0, 0, 0, 0}
	body := append([]byte("Exif\x00\x00"), tiff...)
	return append([]byte{0xff, 0xe1, 0, byte(len(body) + 2)}, body...)
}

const pngHead = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that draw the picture; texts, times, EXIF and what nobody knows are left out.
var pngKept = map[string]bool{"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "gAMA": true,
	"cHRM": true, "sRGB": true, "pHYs": true, "sBIT": true, "bKGD": true}

func cleanPNG(data []byte) (Cleaned, error) {
	conf, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Cleaned{}, errImage
	}
	if err := sizeOK(conf); err != nil {
		return Cleaned{}, err
	}
	out := []byte(pngHead)
	for b := data[len(pngHead):]; ; {
		if len(b) < 12 {
			return Cleaned{}, errImage
		}
		n := int64(binary.BigEndian.Uint32(b))
		if n+12 > int64(len(b)) {
			return Cleaned{}, errImage
		}
		chunk, kind := b[:n+12], string(b[4:8])
		if crc32.ChecksumIEEE(chunk[4:n+8]) != binary.BigEndian.Uint32(chunk[n+8:]) {
			return Cleaned{}, errImage
		}
		if pngKept[kind] {
			out = append(out, chunk...)
		}
		b = b[n+12:]
		if kind == "IEND" {
			break
		}
	}
	c := Cleaned{Data: out, MIME: mimePNG}
	if conf.Width*conf.Height <= maxDrawn {
		img, err := png.Decode(io.LimitReader(bytes.NewReader(out), int64(len(out))))
		if err != nil {
			return Cleaned{}, errImage
		}
		c.Picture = drawn(img, 1)
	}
	return c, nil
}

// pictureSide is the longer side of a small picture.
const pictureSide = 480

// drawn draws a picture small and the right way up, on white, as a JPEG of our own making.
func drawn(img image.Image, up int) []byte {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	dw, dh := w, h
	if longer := max(w, h); longer > pictureSide {
		dw, dh = max(1, w*pictureSide/longer), max(1, h*pictureSide/longer)
	}
	turned := up >= 5
	ow, oh := dw, dh
	if turned {
		ow, oh = dh, dw
	}
	small := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range dh {
		for x := range dw {
			ox, oy := placed(x, y, dw, dh, up)
			small.SetRGBA(ox, oy, mean(img, b.Min.X+x*w/dw, b.Min.Y+y*h/dh, max(1, w/dw), max(1, h/dh)))
		}
	}
	var out bytes.Buffer
	if jpeg.Encode(&out, small, &jpeg.Options{Quality: 78}) != nil {
		return nil
	}
	return out.Bytes()
}

// placed is where a point stands once the picture is turned the right way up.
func placed(x, y, w, h, up int) (int, int) {
	switch up {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// mean is the colour of a patch, from at most nine of its points.
func mean(img image.Image, x, y, w, h int) color.RGBA {
	var r, g, b, n uint32
	for j := range 3 {
		for i := range 3 {
			cr, cg, cb, ca := img.At(x+i*w/3, y+j*h/3).RGBA()
			white := 0xffff - ca
			r, g, b, n = r+(cr+white)>>8, g+(cg+white)>>8, b+(cb+white)>>8, n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}
