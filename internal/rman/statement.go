package rman

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TimeLayout is the layout of the times that statements take and that RMAN
// prints under the pinned environment: the database host's wall clock.
const TimeLayout = "2006-01-02 15:04:05"

// Statement is one RMAN statement. The types of this package are the only
// ones: a script can say nothing that they cannot.
type Statement interface {
	render(*render)
	place() place
}

// place is where RMAN accepts a statement.
type place int

const (
	anywhere   place = iota
	runOnly          // only inside RUN { }
	promptOnly       // never inside RUN { }
)

// Text returns the exact text of one statement, or every *Refused value in it.
func Text(s Statement) (string, error) {
	r := &render{}
	s.render(r)
	if err := errors.Join(r.errs...); err != nil {
		return "", err
	}
	return r.b.String(), nil
}

// render collects the text of a statement and what was refused in it.
type render struct {
	b    strings.Builder
	errs []error
}

// put appends plain words, which come from this package only.
func (r *render) put(words ...string) {
	for _, w := range words {
		if n := r.b.Len(); n > 0 && !strings.HasSuffix(r.b.String()[n-1:], "\n") {
			r.b.WriteByte(' ')
		}
		r.b.WriteString(w)
	}
}

// value appends a checked value, or keeps its error.
func (r *render) value(text string, err error) {
	if err != nil {
		r.errs = append(r.errs, err)
		return
	}
	r.put(text)
}

// when appends words if cond holds.
func (r *render) when(cond bool, words ...string) {
	if cond {
		r.put(words...)
	}
}

// number appends n, which must lie in [low, high].
func (r *render) number(what string, n, low, high int64) {
	if n < low || n > high {
		r.refuse(what, strconv.FormatInt(n, 10), fmt.Sprintf("it is not between %d and %d", low, high), "check where it comes from")
		return
	}
	r.put(strconv.FormatInt(n, 10))
}

// refuse keeps the error of a value that cannot be used.
func (r *render) refuse(what, value, why, remedy string) {
	r.errs = append(r.errs, &Refused{What: what, Value: value, Why: why, Remedy: remedy})
}

// end closes the statement.
func (r *render) end() { r.b.WriteByte(';') }

// next starts another statement of the same value on a new line.
func (r *render) next() {
	if r.b.Len() > 0 {
		r.b.WriteByte('\n')
	}
}

// Limits of the numbers in a script. A file number has 16 bits, a DBID 32; an
// SCN has 48 bits up to 12.1 and 63 since.
const (
	maxFile = 65533
	maxDBID = 1<<32 - 1
	maxSCN  = 1<<63 - 1
	maxSeq  = 1<<32 - 1
	maxThr  = 1<<16 - 1
)

// files appends DATAFILE 1, 2, …, a few numbers a line: lines of a command
// file have a limit.
func (r *render) files(files []int) {
	r.put("DATAFILE")
	for i, f := range files {
		if i > 0 {
			r.b.WriteByte(',')
		}
		if i > 0 && i%20 == 0 {
			r.b.WriteString("\n ") // put adds one more
		}
		r.number("datafile number", int64(f), 1, maxFile)
	}
	if len(files) == 0 {
		r.refuse("datafile list", "", "it is empty", "name at least one datafile")
	}
}

// paths appends quoted names, one a line.
func (r *render) paths(what string, paths []string) {
	for i, p := range paths {
		if i > 0 {
			r.b.WriteString(",\n ")
		}
		r.value(quotePath(what, p))
	}
	if len(paths) == 0 {
		r.refuse("list of names", "", "it is empty", "name at least one "+what)
	}
}

// date appends a time as a TO_DATE expression in double quotes, which no NLS
// setting can misread.
func (r *render) date(what, at string) {
	if _, err := time.Parse(TimeLayout, at); err != nil || len(at) != len(TimeLayout) {
		r.refuse(what, at, "it is not a time", "write it as YYYY-MM-DD HH:MM:SS")
		return
	}
	r.put(`"TO_DATE('` + at + `','YYYY-MM-DD HH24:MI:SS')"`)
}

// units are RMAN's, largest first.
var units = []struct {
	bytes int64
	name  string
}{{1 << 30, "G"}, {1 << 20, "M"}, {1 << 10, "K"}}

// size appends bytes in RMAN's whole units, rounded down: to megabytes from
// one megabyte up, to kilobytes below. RMAN takes no fractions.
func (r *render) size(what string, bytes int64) {
	if bytes >= 1<<20 {
		bytes -= bytes % (1 << 20)
	}
	for _, u := range units {
		if bytes >= u.bytes && (bytes%u.bytes == 0 || u.name == "K") {
			r.put(strconv.FormatInt(bytes/u.bytes, 10) + u.name)
			return
		}
	}
	r.refuse(what, strconv.FormatInt(bytes, 10), "it is below one kilobyte", "give a size such as 4G, 512M or 64K")
}
