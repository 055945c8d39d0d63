package sqlsim

import (
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"orabak-tui/internal/demo/sqlsim/query"
)

// shown is a column as it is laid out.
type shown struct {
	name   string
	width  int
	right  bool // numbers are to the right
	digits int  // places for a number, which a wide heading does not add to
}

// show prints a result with the session's settings.
func (s *session) show(res *query.Result, env query.Env) {
	cols := s.layout(res, env)
	page := s.set.pageSize
	left := 0
	for _, r := range res.Rows {
		if page > 0 && left <= 0 {
			left = page - s.head(cols)
		}
		left -= s.row(cols, r, env)
	}
	s.feedback(len(res.Rows))
}

// layout gives every column its place.
func (s *session) layout(res *query.Result, env query.Env) []shown {
	out := make([]shown, len(res.Columns))
	for i, c := range res.Columns {
		sh := shown{name: c.Name, right: c.Type == query.Number}
		switch {
		case sh.right:
			sh.width = s.set.numWidth
		case c.Type == query.Date && c.Width == 0:
			sh.width = max(len(cmpOr(env.DateFormat, query.DefaultDateFormat)), 9)
		default:
			sh.width = cmpWidth(c.Width)
		}
		if m := s.format[c.Name]; m != "" {
			sh.width = modelWidth(m, sh.width)
		}
		if sh.right {
			sh.digits = sh.width
			sh.width = max(sh.width, utf8.RuneCountInString(sh.name))
		}
		sh.width = min(sh.width, s.set.lineSize)
		out[i] = sh
	}
	return out
}

func cmpWidth(w int) int {
	if w == 0 {
		return 4000
	}
	return w
}

// modelWidth is the width of a COLUMN FORMAT.
func modelWidth(model string, width int) int {
	if n, err := strconv.Atoi(strings.TrimPrefix(model, "A")); err == nil && model[0] == 'A' {
		return n
	}
	if strings.Trim(model, "90.,") == "" {
		return len(model) + 1
	}
	return width
}

// head prints the top of a page and tells how many lines it took.
func (s *session) head(cols []shown) int {
	n := s.set.newPage
	for range n {
		s.print("")
	}
	if !s.set.heading {
		return n
	}
	var names, lines []string
	for _, c := range cols {
		name := c.name
		if utf8.RuneCountInString(name) > c.width {
			name = string([]rune(name)[:c.width])
		}
		names = append(names, name)
		lines = append(lines, strings.Repeat("-", c.width))
	}
	return n + s.lines(cols, names) + s.lines(cols, lines)
}

// row prints a row and tells how many lines it took.
func (s *session) row(cols []shown, r []query.Value, env query.Env) int {
	cells := make([]string, len(cols))
	for i, c := range cols {
		cells[i] = s.cell(c, r[i], env)
	}
	return s.lines(cols, cells)
}

func (s *session) cell(c shown, v query.Value, env query.Env) string {
	switch v := v.(type) {
	case nil:
		return s.set.null
	case *big.Rat:
		return numberCell(v, c.digits)
	case time.Time:
		return query.Display(v, env)
	}
	return query.Display(v, env)
}

// numberCell is a number in the width: a whole number that does not fit is shown
// in scientific notation, as SQL*Plus does with anything beyond NUMWIDTH.
func numberCell(r *big.Rat, width int) string {
	s := query.Display(r, query.Env{})
	if len(s) <= width {
		return s
	}
	if i := strings.IndexByte(s, '.'); i >= 0 && i < width {
		return strings.TrimSuffix(r.FloatString(max(width-i-1, 0)), ".")
	}
	f, _ := r.Float64()
	for digits := width; digits >= 0; digits-- {
		e := strings.ToUpper(strconv.FormatFloat(f, 'e', digits, 64))
		if len(e) <= width {
			return e
		}
	}
	return strings.Repeat("#", width)
}

// lines prints cells beside each other. A cell that is longer than its column
// goes on below, and columns that do not fit the line begin another.
func (s *session) lines(cols []shown, cells []string) int {
	count, at := 0, 0
	for at < len(cols) {
		end, width := at, 0
		for end < len(cols) && (end == at || width+len(s.set.colSep)+cols[end].width <= s.set.lineSize) {
			if end > at {
				width += len(s.set.colSep)
			}
			width += cols[end].width
			end++
		}
		count += s.band(cols[at:end], cells[at:end])
		at = end
	}
	return count
}

// band prints columns that share their lines.
func (s *session) band(cols []shown, cells []string) int {
	parts := make([][]string, len(cols))
	height := 1
	for i, c := range cols {
		parts[i] = fold(cells[i], c.width)
		if !s.set.wrap {
			parts[i] = parts[i][:1]
		}
		height = max(height, len(parts[i]))
	}
	for line := range height {
		var b strings.Builder
		for i, c := range cols {
			if i > 0 {
				b.WriteString(s.set.colSep)
			}
			cell := ""
			if line < len(parts[i]) {
				cell = parts[i][line]
			}
			pad := strings.Repeat(" ", max(c.width-utf8.RuneCountInString(cell), 0))
			if c.right {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		s.print(s.finish(b.String()))
	}
	return height
}

// fold cuts a cell at line ends and at the column's width.
func fold(cell string, width int) (out []string) {
	for line := range strings.SplitSeq(cell, "\n") {
		r := []rune(line)
		for len(r) > width {
			out = append(out, string(r[:width]))
			r = r[width:]
		}
		out = append(out, string(r))
	}
	return out
}

// finish trims a line, and with SET TAB ON puts tabs for blanks.
func (s *session) finish(line string) string {
	if s.set.trimOut {
		line = strings.TrimRight(line, " ")
	}
	if s.set.tab {
		line = tabs(line)
	}
	return line
}

// tabs replaces runs of blanks that reach a tab stop.
func tabs(line string) string {
	var b strings.Builder
	blanks, col := 0, 0
	flush := func() {
		for ; blanks > 0; blanks-- {
			b.WriteByte(' ')
		}
	}
	for _, r := range line {
		col++
		if r != ' ' {
			flush()
			b.WriteRune(r)
			continue
		}
		blanks++
		if col%8 == 0 && blanks > 1 {
			b.WriteByte('\t')
			blanks = 0
		}
	}
	flush()
	return b.String()
}

// feedback tells how many rows there were.
func (s *session) feedback(rows int) {
	switch {
	case s.set.feedback == 0:
	case rows == 0:
		s.print("", "no rows selected", "")
	case rows == 1 && s.set.feedback == 1:
		s.print("", "1 row selected.", "")
	case rows >= s.set.feedback:
		s.print("", strconv.Itoa(rows)+" rows selected.", "")
	case s.set.pageSize > 0:
		s.print("")
	}
}
