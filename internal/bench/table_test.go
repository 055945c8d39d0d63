package bench

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"text/tabwriter"
	"time"
)

// row is one line of the table.
type row struct{ what, aim, got, note string }

var table struct {
	mu   sync.Mutex // guards rows
	rows []row
}

func report(what, aim, got, note string) {
	table.mu.Lock()
	defer table.mu.Unlock()
	table.rows = append(table.rows, row{what, aim, got, note})
}

func printTable(w io.Writer) {
	if len(table.rows) == 0 {
		return
	}
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "\nWHAT\tAIM\tMEDIAN (LEAST–GREATEST)\tNOTE")
	for _, r := range table.rows {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", r.what, r.aim, r.got, r.note)
	}
	_ = tw.Flush()
}

// spread is a sample of measurements.
type spread []float64

func (s spread) median() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}

func (s spread) format(verb string) string {
	if len(s) == 0 {
		return "not measured"
	}
	if len(s) == 1 {
		return fmt.Sprintf(verb, s[0])
	}
	return fmt.Sprintf(verb+" ("+verb+"–"+verb+")", s.median(), slices.Min(s), slices.Max(s))
}

// ratio is a spread of quotients.
func (s spread) ratio() string { return s.format("%.2f") }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

// mib prints a throughput.
func mib(bytes int64, d time.Duration) string {
	return fmt.Sprintf("%.0f MiB/s", float64(bytes)/(1<<20)/d.Seconds())
}
