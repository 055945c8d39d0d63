package sqlsim

import (
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim/query"
)

// view is a fixed view: what it needs, its columns, and where its rows come from.
type view struct {
	need    oradb.State
	columns string // NAME type, separated by commas; see parseColumns
	rows    func(w *world) [][]query.Value
}

// world is what the views of one statement show.
type world struct {
	db      *oradb.DB
	in      oradb.Instance
	c       *oradb.Control // nil unless mounted
	version string
	now     time.Time
}

// catalog shows the views to the query engine.
type catalog struct{ w *world }

var views = map[string]view{}

// register adds views; it is called from init functions only.
func register(more map[string]view) {
	for name, v := range more {
		views[name] = v
	}
}

// newWorld reads what a statement may look at, once.
func newWorld(db *oradb.DB) (*world, error) {
	in, err := db.Instance()
	if err != nil {
		return nil, err
	}
	return &world{db: db, in: in, version: db.Version(), now: db.Now()}, nil
}

// Table makes the rows of a view.
func (cat catalog) Table(name string) (*query.Table, bool, error) {
	v, ok := views[strings.Replace(name, "V_$", "V$", 1)]
	if !ok {
		return nil, false, nil
	}
	if cat.w.in.State == oradb.Down {
		return nil, true, idle()
	}
	if v.need >= oradb.Mounted && cat.w.c == nil {
		c, err := cat.w.db.Control()
		if err != nil {
			return nil, true, err
		}
		cat.w.c = c
	}
	columns, keep := parseColumns(v.columns, major(cat.w.version))
	t := &query.Table{Columns: columns}
	for _, row := range v.rows(cat.w) {
		var out []query.Value
		for i, k := range keep {
			if k {
				out = append(out, cell(row, i))
			}
		}
		t.Rows = append(t.Rows, out)
	}
	return t, true, nil
}

// cell gives NULL for columns at the end that a view does not fill.
func cell(row []query.Value, i int) query.Value {
	if i < len(row) {
		return row[i]
	}
	return nil
}

// idle is what a statement gets while the instance is down.
func idle() error {
	return oradb.Ora(1034, "ORACLE not available").Line("Process ID: 0").Line("Session ID: 0 Serial number: 0")
}

// parseColumns reads NAME type [from release]: type is n (NUMBER), d (DATE) or
// the width of a VARCHAR2. keep tells which columns the release has.
func parseColumns(spec string, release int) (columns []query.Column, keep []bool) {
	for part := range strings.SplitSeq(spec, ",") {
		f := strings.Fields(part)
		c := query.Column{Name: f[0]}
		switch f[1] {
		case "n":
			c.Type = query.Number
		case "d":
			c.Type = query.Date
		default:
			c.Width, _ = strconv.Atoi(f[1])
		}
		has := true
		if len(f) > 2 {
			from, _ := strconv.Atoi(f[2])
			has = release >= from
		}
		keep = append(keep, has)
		if has {
			columns = append(columns, c)
		}
	}
	return columns, keep
}

func major(version string) int {
	head, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(head)
	if err != nil {
		return 19
	}
	return n
}

// Short forms for the tables of views.

func num[T ~int | ~int64 | ~uint32 | ~uint64](n T) query.Value { return query.Int(n) }
func text(s string) query.Value                                { return query.Text(s) }
func when(t time.Time) query.Value                             { return query.Time(t) }

func yesNo(b bool) query.Value {
	if b {
		return "YES"
	}
	return "NO"
}

// seconds is a duration as a number with two decimals.
func seconds(d time.Duration) query.Value { return num(int64(d.Round(time.Second) / time.Second)) }

// row makes a row of values.
func row(v ...query.Value) []query.Value { return v }

// one makes a table of one row.
func one(v ...query.Value) [][]query.Value { return [][]query.Value{v} }

// container is CON_ID of everything in a database without containers.
var container = query.Int(0)
