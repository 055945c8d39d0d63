package vterm

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// Size of a cell in the pictures, in SVG's units.
const (
	cellW = 8.4
	cellH = 18
	edge  = 12
)

// Palette is the colours of a picture; the program itself only names the
// terminal's sixteen.
type Palette struct {
	Fg, Bg string
	ANSI   [16]string
}

// Dark is a palette for pictures.
var Dark = Palette{Fg: "#d8dee9", Bg: "#1b1f27", ANSI: [16]string{
	"#2e3440", "#d06070", "#8fbc7a", "#d9b45f", "#6f9fd8", "#b48ead", "#6fc0c8", "#c8ced9",
	"#7b8494", "#e8707e", "#a3d08c", "#ebcb6b", "#81b0ea", "#c69fc4", "#7fd4dc", "#eceff4",
}}

// SVG draws the screen as a picture.
func (t *Term) SVG(p Palette) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	w, h := t.emu.Width(), t.emu.Height()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">`+"\n",
		float64(w)*cellW+2*edge, h*cellH+2*edge)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", p.Bg)
	for y := range h {
		t.svgLine(&b, p, y, w)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// svgLine writes one line, cells of the same style together.
func (t *Term) svgLine(b *strings.Builder, p Palette, y, w int) {
	for x := 0; x < w; {
		from := x
		first := t.emu.CellAt(x, y)
		style := first.Style
		var text strings.Builder
		for ; x < w; x++ {
			c := t.emu.CellAt(x, y)
			if c.Width == 0 {
				continue // the second half of a wide one
			}
			if !c.Style.Equal(&style) {
				break
			}
			text.WriteString(c.Content)
		}
		p.run(b, style, text.String(), from, x, y)
	}
}

func (p Palette) run(b *strings.Builder, s uv.Style, text string, from, to, y int) {
	fg, bg := p.hex(s.Fg, p.Fg), p.hex(s.Bg, "")
	if s.Attrs&uv.AttrReverse != 0 {
		fg, bg = p.hex(s.Bg, p.Bg), p.hex(s.Fg, p.Fg)
	}
	left, top := edge+float64(from)*cellW, edge+y*cellH
	if bg != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", left, top, float64(to-from)*cellW, cellH, bg)
	}
	if text = strings.TrimRight(text, " "); text == "" {
		return
	}
	weight := ""
	if s.Attrs&uv.AttrBold != 0 {
		weight = ` font-weight="bold"`
	}
	if s.Attrs&uv.AttrFaint != 0 {
		weight += ` fill-opacity="0.55"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d" fill="%s"%s textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve">%s</text>`+"\n",
		left, top+cellH-5, fg, weight, float64(ansi.StringWidth(text))*cellW, html.EscapeString(text))
}

// hex is a colour of the palette, or the other one where there is none.
func (p Palette) hex(c color.Color, other string) string {
	if c == nil {
		return other
	}
	if i, ok := index(c); ok {
		return p.ANSI[i]
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// index is the number of one of the terminal's sixteen colours.
func index(c color.Color) (int, bool) {
	switch c := c.(type) {
	case ansi.BasicColor:
		return int(c), true
	case ansi.IndexedColor:
		return int(c), c < 16
	}
	return 0, false
}
