package ui

import "strings"

// bar draws a progress bar of w columns for a share between 0 and 1.
func (t theme) bar(share float64, w int) string {
	share = max(0, min(1, share))
	if w <= 0 || t.plain {
		return ""
	}
	if t.ascii {
		n := int(share * float64(w))
		return strings.Repeat("#", n) + strings.Repeat("-", w-n)
	}
	eighths := int(share * float64(w) * 8)
	full, rest := eighths/8, eighths%8
	s := strings.Repeat("█", full)
	if rest > 0 && full < w {
		s += string([]rune("▏▎▍▌▋▊▉")[rest-1])
		full++
	}
	return t.Accent.Render(s) + t.Muted.Render(strings.Repeat("░", max(0, w-full)))
}

// spark draws values as a sparkline of at most w columns, the newest last.
func (t theme) spark(values []float64, w int) string {
	if t.plain {
		return ""
	}
	if len(values) > w {
		values = values[len(values)-w:]
	}
	top := 0.0
	for _, v := range values {
		top = max(top, v)
	}
	levels := []rune("▁▂▃▄▅▆▇█")
	if t.ascii {
		levels = []rune("_.-=+*#@")
	}
	var b strings.Builder
	for _, v := range values {
		i := 0
		if top > 0 {
			i = int(v / top * float64(len(levels)-1))
		}
		b.WriteRune(levels[max(0, min(len(levels)-1, i))])
	}
	return t.Accent.Render(b.String())
}
