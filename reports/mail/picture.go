package mail

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strconv"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// The picture's measures, in pixels.
const (
	pictureWidth  = 720
	pictureHeight = 260
	plotLeft      = 80
	plotTop       = 34
	plotRight     = pictureWidth - 12
	plotBottom    = pictureHeight - 28
	glyphWidth    = 7
)

var (
	paper = color.RGBA{0xff, 0xff, 0xff, 0xff}
	ink   = color.RGBA{0x33, 0x33, 0x33, 0xff}
	grid  = color.RGBA{0xdd, 0xdd, 0xdd, 0xff}
	bar   = color.RGBA{0x2f, 0x6f, 0xab, 0xff}
)

// drawDays draws a bar a day with the day's charge, as PNG. The words in it
// are few and plain, since its font has Latin letters only.
func drawDays(month string, days []Day) ([]byte, error) {
	first, err := time.Parse("2006-01", month)
	if err != nil {
		return nil, fmt.Errorf("picture: month %q: want YYYY-MM", month)
	}
	count := first.AddDate(0, 1, -1).Day()
	var most int64
	for _, d := range days {
		most = max(most, d.Fen)
	}
	top, step := scale(most)
	p := pictureOf{image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))}
	p.fill(p.Bounds(), paper)
	p.text(plotLeft, 20, month+"  CNY / day")
	for fen := int64(0); fen <= top; fen += step {
		y := height(fen, top)
		p.fill(image.Rect(plotLeft, y, plotRight, y+1), grid)
		label := cny(fen, step)
		p.text(plotLeft-8-glyphWidth*len(label), y+4, label)
	}
	slot := (plotRight - plotLeft) / count
	for day := 1; day <= count; day++ {
		if label := strconv.Itoa(day); day == 1 || day%5 == 0 {
			p.text(plotLeft+slot*(day-1)+(slot-glyphWidth*len(label))/2, plotBottom+18, label)
		}
	}
	for _, d := range days {
		if d.Day < 1 || d.Day > count || d.Fen <= 0 {
			continue
		}
		x := plotLeft + slot*(d.Day-1)
		y := min(height(d.Fen, top), plotBottom-1) // the least charge shows too
		p.fill(image.Rect(x+3, y, x+slot-3, plotBottom), bar)
	}
	p.fill(image.Rect(plotLeft, plotBottom, plotRight, plotBottom+1), ink)
	var b bytes.Buffer
	err = png.Encode(&b, p)
	return b.Bytes(), err
}

// scale returns the top of the axis and the step between its lines, in fen:
// one, two or five times a power of ten, so that about five lines fit.
func scale(most int64) (top, step int64) {
	step = 1
	for step*5 < most {
		switch {
		case step*2*5 >= most:
			step *= 2
		case step*5*5 >= most:
			step *= 5
		default:
			step *= 10
		}
	}
	return max(step, (most+step-1)/step*step), step
}

// height is where a charge lies on the picture.
func height(fen, top int64) int {
	return plotBottom - int(fen*(plotBottom-plotTop)/top)
}

// cny writes an amount, with fen only where the axis has them.
func cny(fen, step int64) string {
	if step%100 == 0 {
		return strconv.FormatInt(fen/100, 10)
	}
	return fmt.Sprintf("%d.%02d", fen/100, fen%100)
}

// pictureOf draws on an image.
type pictureOf struct{ *image.RGBA }

func (p pictureOf) fill(r image.Rectangle, c color.Color) {
	draw.Draw(p, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// text writes a line whose letters stand on y.
func (p pictureOf) text(x, y int, s string) {
	d := font.Drawer{Dst: p, Src: image.NewUniform(ink), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	d.DrawString(s)
}
