package ui

import "time"

// ringSize is how many lines the console holds of a run's output; all of them
// are in the run's folder. RMAN writes some thousand lines a night.
const ringSize = 10_000

// logLine is one line of a run's output.
type logLine struct {
	at       time.Time // zero where nothing tells
	text     string    // clean
	severity string    // "" | notice | warning | error
	advice   *Advice   // what its code means; nil if nobody knows
	first    bool      // of the lines with that code
	mark     bool      // no line of the output, but one that a person drew
}

// ring keeps the last lines and counts those that went by.
type ring struct {
	lines   []logLine
	start   int
	dropped int
}

func (r *ring) len() int { return len(r.lines) }

// at is line i, the oldest held being 0.
func (r *ring) at(i int) *logLine { return &r.lines[(r.start+i)%len(r.lines)] }

func (r *ring) append(l logLine) {
	if len(r.lines) < ringSize {
		r.lines = append(r.lines, l)
		return
	}
	r.lines[r.start] = l
	r.start = (r.start + 1) % len(r.lines)
	r.dropped++
}
