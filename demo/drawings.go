package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"

	"danvan/internal/files"
	"danvan/internal/ledger"
)

// Drawings stand where an office would have photographs: a few plain scenes, small, each with “HÌNH MINH HỌA” written in it.

// stage is when a scene is seen.
type stage string

const (
	before stage = "before"
	during stage = "during"
	after  stage = "after"
)

// scenes are what can be drawn, with what the drawing shows of each stage.
var scenes = map[string]map[stage]string{
	"road":          {before: "đường đất lầy lội, có vũng nước", during: "đổ bê tông được nửa tuyến", after: "đường bê tông có vạch, hai bên trồng cây"},
	"culture_house": {before: "bãi đất trống đã cắm cọc", during: "tường xây dở, chưa có mái", after: "nhà văn hóa mái đỏ, có sân"},
	"house":         {before: "nền đất đã dọn, cắm cọc", during: "tường xây dở, chưa có mái", after: "nhà mới mái đỏ"},
	"school":        {before: "nền điểm trường đã dọn", during: "tường lớp học xây dở", after: "điểm trường ba phòng mái đỏ"},
	"canal":         {before: "mương đất bị vùi lấp", during: "lòng mương đã nạo vét", after: "mương bê tông đầy nước giữa ruộng"},
	"water":         {before: "khe nước và bãi đá", during: "bể xây được nửa", after: "bể nước sạch có vòi"},
	"orchard":       {after: "đồi cây ăn quả trồng thành hàng, sai quả"},
	"forest":        {after: "đồi rừng trồng xanh tốt"},
	"flowers":       {after: "đường thôn hai bên trồng hoa"},
	"board":         {after: "bảng niêm yết trước nhà văn hóa, có ba tờ văn bản"},
	"electricity":   {before: "đường thôn lúc tối, chưa có đèn", during: "cột đã dựng, chưa có bóng", after: "đèn đường thắp sáng"},
}

// The colours of the scenes, by their place in the palette.
const (
	sky uint8 = iota
	far
	near
	field
	soil
	mud
	concrete
	dark
	roof
	wall
	water
	light
	white
	dusk
)

var paints = color.Palette{
	sky: color.RGBA{0xd8, 0xe6, 0xf0, 255}, far: color.RGBA{0x9d, 0xbf, 0xb2, 255}, near: color.RGBA{0x4f, 0x8a, 0x68, 255}, field: color.RGBA{0x8d, 0xb8, 0x6f, 255},
	soil: color.RGBA{0xb9, 0x93, 0x62, 255}, mud: color.RGBA{0x8a, 0x6a, 0x43, 255}, concrete: color.RGBA{0xcb, 0xcb, 0xc4, 255}, dark: color.RGBA{0x2f, 0x38, 0x4a, 255},
	roof: color.RGBA{0xb8, 0x43, 0x2f, 255}, wall: color.RGBA{0xf3, 0xe4, 0xc2, 255}, water: color.RGBA{0x6f, 0xa8, 0xc4, 255}, light: color.RGBA{0xf2, 0xc1, 0x4e, 255},
	white: color.RGBA{0xff, 0xff, 0xff, 255}, dusk: color.RGBA{0x3d, 0x4c, 0x70, 255},
}

const (
	drawnWidth  = 640
	drawnHeight = 480
)

// canvas is a picture that is being drawn, in pixels from the top left.
type canvas struct{ *image.Paletted }

// area fills a polygon: x, y, x, y…
func (c canvas) area(paint uint8, xy ...float64) {
	n := len(xy) / 2
	for y := range drawnHeight {
		at := float64(y) + .5
		var cuts []float64
		for i := range n {
			x1, y1, x2, y2 := xy[2*i], xy[2*i+1], xy[2*((i+1)%n)], xy[2*((i+1)%n)+1]
			if (y1 <= at) != (y2 <= at) {
				cuts = append(cuts, x1+(at-y1)*(x2-x1)/(y2-y1))
			}
		}
		slices.Sort(cuts)
		for i := 0; i+1 < len(cuts); i += 2 {
			for x := max(0, int(math.Round(cuts[i]))); x < min(drawnWidth, int(math.Round(cuts[i+1]))); x++ {
				c.SetColorIndex(x, y, paint)
			}
		}
	}
}

func (c canvas) box(paint uint8, x, y, w, h float64) { c.area(paint, x, y, x+w, y, x+w, y+h, x, y+h) }

// round fills an ellipse.
func (c canvas) round(paint uint8, x, y, rx, ry float64) {
	var xy []float64
	for i := range 36 {
		a := float64(i) * math.Pi / 18
		xy = append(xy, x+rx*math.Cos(a), y+ry*math.Sin(a))
	}
	c.area(paint, xy...)
}

// drawScene draws a scene at a stage.
func drawScene(name string, at stage) *image.Paletted {
	c := canvas{image.NewPaletted(image.Rect(0, 0, drawnWidth, drawnHeight), paints)}
	c.box(sky, 0, 0, 640, 480)
	c.area(far, 0, 210, 110, 120, 210, 180, 330, 80, 470, 190, 560, 130, 640, 190, 640, 480, 0, 480)
	c.area(near, 0, 260, 160, 190, 300, 250, 450, 200, 640, 260, 640, 480, 0, 480)
	c.area(field, 0, 290, 640, 275, 640, 480, 0, 480)
	switch name {
	case "road", "electricity":
		drawRoad(c, name, at)
	case "board":
		drawBoard(c)
	case "canal":
		drawCanal(c, at)
	case "orchard", "forest":
		drawTrees(c, name == "orchard")
	case "flowers":
		drawRoad(c, "road", after)
		drawFlowers(c)
	case "water":
		drawTank(c, at)
	default:
		drawHouse(c, name == "school", at)
	}
	c.mark()
	return c.Paletted
}

func drawRoad(c canvas, name string, at stage) {
	paved := at
	if name == "electricity" {
		paved = after
	}
	c.area(soil, 300, 285, 340, 285, 560, 480, 60, 480)
	switch paved {
	case before:
		c.round(mud, 300, 430, 70, 14)
		c.round(mud, 345, 360, 34, 8)
		c.round(water, 305, 430, 44, 8)
	case during:
		c.area(concrete, 160, 400, 474, 400, 560, 480, 60, 480)
	case after:
		c.area(concrete, 304, 285, 336, 285, 530, 480, 90, 480)
		for _, y := range []float64{300, 330, 370, 420} {
			c.box(white, 318-(y-285)/30, y, 2+(y-285)/18, 8+(y-285)/10)
		}
	}
	if name == "road" && at == after {
		for _, x := range []float64{150, 235, 410, 505} {
			c.box(mud, x-3, 300, 6, 44)
			c.round(near, x, 288, 26, 30)
		}
	}
	if name == "electricity" {
		c.lamps(at)
	}
}

// lamps are the posts beside a road; before and while they are put up it is dusk.
func (c canvas) lamps(at stage) {
	for i, p := range c.Pix {
		if p == sky {
			c.Pix[i] = dusk
		}
	}
	if at == before {
		return
	}
	for i, x := range []float64{120, 220, 430, 540} {
		top := 120 + 40*float64(i%2)
		c.box(dark, x-4, top, 8, 240)
		c.box(dark, x-4, top, 40, 6)
		if at == after {
			c.area(light, x+22, top+10, x+38, top+10, x+70, top+90, x-8, top+90)
			c.round(white, x+30, top+10, 10, 7)
		}
	}
}

// drawTrees are rows of trees on a slope, with fruit or without.
func drawTrees(c canvas, fruit bool) {
	for row := range 4 {
		y, size := 300+45*float64(row), 18+8*float64(row)
		for x := 40 + 20*float64(row%2); x < 640; x += 70 + 10*float64(row) {
			c.box(mud, x-3, y, 6, size)
			if !fruit {
				c.area(near, x-size, y+size/2, x, y-2*size, x+size, y+size/2)
				continue
			}
			c.round(near, x, y-size/2, size, size)
			for i := range 5 {
				c.round(light, x+size*.6*math.Cos(float64(i)*1.3), y-size/2+size*.6*math.Sin(float64(i)*1.3), 3+float64(row), 3+float64(row))
			}
		}
	}
}

// drawFlowers are beds on both sides of a road.
func drawFlowers(c canvas) {
	for i := range 12 {
		y := 305 + 14*float64(i)
		off := (y - 285) * 1.2
		for _, x := range []float64{290 - off, 350 + off} {
			c.round(near, x, y, 12, 8)
			c.round([]uint8{roof, light, white}[i%3], x, y-4, 5, 5)
		}
	}
}

func drawCanal(c canvas, at stage) {
	for x := 0.; x < 640; x += 64 {
		c.area(near, x, 330, x+6, 330, x+40-(320-x)/8, 480, x+28-(320-x)/8, 480)
	}
	c.area(soil, 250, 282, 360, 282, 470, 480, 130, 480)
	switch at {
	case before:
		c.area(mud, 290, 282, 320, 282, 350, 480, 250, 480)
		c.round(near, 300, 380, 40, 12)
		c.round(near, 280, 440, 52, 14)
	case during:
		c.area(mud, 275, 282, 335, 282, 420, 480, 180, 480)
	case after:
		c.area(concrete, 262, 282, 348, 282, 450, 480, 150, 480)
		c.area(water, 280, 282, 330, 282, 400, 480, 200, 480)
	}
}

func drawTank(c canvas, at stage) {
	for _, x := range []float64{90, 170, 500, 580} {
		c.round(concrete, x, 400, 34, 18)
	}
	switch at {
	case before:
		c.area(water, 300, 285, 330, 285, 420, 430, 300, 430)
	case during:
		c.box(concrete, 220, 320, 200, 100)
		c.box(dark, 232, 320, 176, 8)
	case after:
		c.box(concrete, 210, 240, 220, 180)
		c.round(concrete, 320, 240, 110, 22)
		c.round(white, 320, 236, 96, 15)
		c.box(dark, 430, 380, 34, 8)
		c.box(dark, 456, 380, 8, 18)
		c.box(water, 457, 398, 6, 26)
	}
}

func drawHouse(c canvas, long bool, at stage) {
	left, width := 190., 260.
	if long {
		left, width = 110, 420
	}
	c.area(soil, left-60, 400, left+width+60, 400, left+width+110, 480, left-110, 480)
	if at == before {
		for x := left; x <= left+width; x += width / 4 {
			c.box(mud, x-3, 360, 6, 50)
		}
		return
	}
	top := 270.
	if at == during {
		top = 320
	}
	c.box(wall, left, top, width, 410-top)
	rooms := 1
	if long {
		rooms = 3
	}
	for i := range rooms {
		w := width / float64(rooms)
		x := left + w*float64(i)
		c.box(dark, x+w/2-18, 335, 36, 75)
		if at == after {
			c.box(water, x+w/8, 310, w/6, 40)
			c.box(water, x+w*7/8-w/6, 310, w/6, 40)
		}
	}
	if at == after {
		c.area(roof, left-34, 275, left+34, 190, left+width-34, 190, left+width+34, 275)
		c.box(concrete, left-20, 408, width+40, 10)
	}
}

// drawBoard is a notice board with three sheets, whose words cannot be read.
func drawBoard(c canvas) {
	drawHouse(c, true, after)
	c.box(mud, 180, 250, 10, 200)
	c.box(mud, 450, 250, 10, 200)
	c.area(roof, 160, 236, 480, 236, 460, 216, 180, 216)
	c.box(dark, 170, 236, 300, 150)
	c.box(near, 178, 244, 284, 134)
	for i := range 3 {
		x := 194 + 90*float64(i)
		c.box(white, x, 256, 72, 106)
		for line := range 9 {
			c.box(concrete, x+8, 268+10*float64(line), 56-float64(line*7%18), 3)
		}
		c.box(roof, x+48, 346, 12, 8)
	}
}

// signs are the letters of “HÌNH MINH HỌA” on a grid of five by eleven, two rows above for the tone and two below.
var signs = map[rune][11]string{
	'H': {"", "", "#...#", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"},
	'Ì': {".#...", "..#..", ".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."},
	'I': {"", "", ".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."},
	'N': {"", "", "#...#", "##..#", "#.#.#", "#.#.#", "#..##", "#...#", "#...#"},
	'M': {"", "", "#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#", "#...#"},
	'Ọ': {"", "", ".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###.", "", "..#.."},
	'A': {"", "", "..#..", ".#.#.", "#...#", "#...#", "#####", "#...#", "#...#"},
}

// mark writes into the picture what it is.
func (c canvas) mark() {
	const size = 3
	c.box(white, 0, 0, 262, 44)
	x := 12
	for _, r := range "HÌNH MINH HỌA" {
		for row, line := range signs[r] {
			for col, on := range line {
				if on == '#' {
					c.box(dark, float64(x+col*size), float64(6+row*size), size, size)
				}
			}
		}
		x += 6*size + size/3
	}
}

// keepDrawings keeps all scenes in the store and gives their hashes by name and stage; nothing without a store.
func keepDrawings(ctx context.Context, store *files.Store) (map[string]string, error) {
	if store == nil {
		return nil, nil
	}
	out := map[string]string{}
	for name, stages := range scenes {
		for at := range stages {
			var b bytes.Buffer
			if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, drawScene(name, at)); err != nil {
				return nil, fmt.Errorf("draw %s: %w", name, err)
			}
			kept, err := store.Put(ctx, &b)
			if err != nil {
				return nil, fmt.Errorf("keep drawing: %w", err)
			}
			out[name+"/"+string(at)] = kept.Hash
		}
	}
	return out, nil
}

// drawing is a scene as a file of an entry, and what it shows; false where the demo is made without files.
func (w *world) drawing(name string, at stage) (f ledger.File, alt string, ok bool) {
	hash, ok := w.drawings[name+"/"+string(at)]
	return ledger.File{Hash: hash, Name: "hinh-minh-hoa-" + name + "-" + string(at) + ".png"}, "Hình vẽ minh họa: " + scenes[name][at], ok
}
