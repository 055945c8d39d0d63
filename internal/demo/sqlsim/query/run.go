package query

import (
	"math/big"
	"slices"
	"strings"
)

// Result of a SELECT.
type Result struct {
	Columns []Column
	Rows    [][]Value
}

// Run parses and runs a SELECT. Errors are *Error values, or those of the
// catalog.
func Run(sql string, cat Catalog, env Env) (res *Result, err error) {
	defer catch(&err)
	if env.DateFormat == "" {
		env.DateFormat = DefaultDateFormat
	}
	q, err := parse(sql)
	if err != nil {
		return nil, err
	}
	(&binder{cat: cat, env: &env}).bind(q, nil)
	return &Result{Columns: q.columns, Rows: env.rows(q, nil)}, nil
}

// rows runs a bound query. outer is the row of the query around it.
func (env *Env) rows(q *query, outer *frame) [][]Value {
	out := env.selectRows(q, outer)
	for part := q; part.union != nil; part = part.union {
		out = append(out, env.selectRows(part.union, outer)...)
		if !part.all {
			out = distinct(out)
		}
	}
	if q.union != nil {
		slices.SortStableFunc(out, func(a, b []Value) int { return env.sortOrder(q, q.keyed(a), q.keyed(b)) })
	}
	if q.limit >= 0 && len(out) > q.limit {
		out = out[:q.limit]
	}
	return out
}

// sorted is a result row with its sort keys.
type sorted struct {
	row  []Value
	keys []Value
}

// keyed finds the sort keys of a UNION's row in the row: they can only be columns
// of the list.
func (q *query) keyed(row []Value) sorted {
	s := sorted{row: row}
	for _, o := range q.orderBy {
		i := slices.IndexFunc(q.items, func(it item) bool { return it.expr == o.expr })
		if i < 0 {
			fail(o.expr.at(), 1785, "ORDER BY item must be the number of a SELECT-list expression")
		}
		s.keys = append(s.keys, row[i])
	}
	return s
}

func (env *Env) selectRows(q *query, outer *frame) [][]Value {
	var out []sorted
	emit := func(f *frame) {
		s := sorted{}
		for _, it := range q.items {
			s.row = append(s.row, env.eval(it.expr, f))
		}
		for _, o := range q.orderBy {
			s.keys = append(s.keys, env.eval(o.expr, f))
		}
		out = append(out, s)
	}
	if len(q.aggregates) > 0 || len(q.groupBy) > 0 {
		env.groups(q, outer, emit)
	} else {
		env.scan(q, outer, emit)
	}
	if len(q.orderBy) > 0 && q.union == nil {
		slices.SortStableFunc(out, func(a, b sorted) int { return env.sortOrder(q, a, b) })
	}
	rows := make([][]Value, len(out))
	for i, s := range out {
		rows[i] = s.row
	}
	if q.distinct {
		rows = distinct(rows)
	}
	return rows
}

// scan calls fn for every combination of rows that WHERE and ON let through.
func (env *Env) scan(q *query, outer *frame, fn func(*frame)) {
	f := &frame{q: q, rows: make([][]Value, len(q.tables)), outer: outer, rownum: 1}
	env.nest(q, f, 0, fn)
}

func (env *Env) nest(q *query, f *frame, level int, fn func(*frame)) {
	if level == len(q.tables) {
		if env.holds(q, f, level) {
			// The callee may keep the frame for grouping.
			keep := *f
			keep.rows = slices.Clone(f.rows)
			fn(&keep)
			f.rownum++
		}
		return
	}
	matched := false
	for _, row := range q.tables[level].Rows {
		f.rows[level] = row
		if q.from[level].on != nil && env.test(q.from[level].on, f) != yes {
			continue
		}
		matched = true
		if env.holds(q, f, level) {
			env.nest(q, f, level+1, fn)
		}
	}
	f.rows[level] = nil
	if !matched && q.from[level].left && env.holds(q, f, level) {
		env.nest(q, f, level+1, fn)
	}
}

// holds asks the parts of WHERE that can be answered at the level.
func (env *Env) holds(q *query, f *frame, level int) bool {
	for _, c := range q.conjuncts {
		if c.level == level && env.test(c.cond, f) != yes {
			return false
		}
	}
	return true
}

func (env *Env) sortOrder(q *query, a, b sorted) int {
	for i, o := range q.orderBy {
		x, y := a.keys[i], b.keys[i]
		nullsFirst := o.desc
		if o.nullsSet {
			nullsFirst = o.nullsFirst
		}
		switch {
		case x == nil && y == nil:
			continue
		case x == nil && nullsFirst, y == nil && !nullsFirst && x != nil:
			return -1
		case x == nil || y == nil:
			return 1
		}
		c := env.order(o.expr.at(), x, y)
		if o.desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

func distinct(rows [][]Value) (out [][]Value) {
	seen := map[string]bool{}
	for _, r := range rows {
		if k := rowKey(r); !seen[k] {
			seen[k] = true
			out = append(out, r)
		}
	}
	return out
}

func rowKey(r []Value) string {
	var b strings.Builder
	for _, v := range r {
		b.WriteString(print(&literal{value: v}))
		b.WriteByte(0)
	}
	return b.String()
}

// groups makes one row of each group; without GROUP BY there is always one.
func (env *Env) groups(q *query, outer *frame, emit func(*frame)) {
	members := map[string][]*frame{}
	var keys []string
	env.scan(q, outer, func(f *frame) {
		var key []Value
		for _, e := range q.groupBy {
			key = append(key, env.eval(e, f))
		}
		k := rowKey(key)
		if members[k] == nil {
			keys = append(keys, k)
		}
		members[k] = append(members[k], f)
	})
	if len(keys) == 0 && len(q.groupBy) == 0 {
		keys = []string{""}
	}
	for _, k := range keys {
		f := &frame{q: q, rows: make([][]Value, len(q.tables)), outer: outer}
		if len(members[k]) > 0 {
			f.rows = members[k][0].rows
		}
		f.group = make([]Value, len(q.aggregates))
		for i, c := range q.aggregates {
			f.group[i] = env.aggregate(c, members[k])
		}
		if env.test(q.having, f) == yes {
			emit(f)
		}
	}
}

func (env *Env) aggregate(c *call, rows []*frame) Value {
	if c.star {
		return Int(len(rows))
	}
	var values []Value
	for _, f := range rows {
		if v := env.eval(c.args[0], f); v != nil {
			values = append(values, v)
		}
	}
	if c.distinct {
		var cells [][]Value
		for _, v := range values {
			cells = append(cells, []Value{v})
		}
		values = values[:0]
		for _, r := range distinct(cells) {
			values = append(values, r[0])
		}
	}
	switch {
	case c.name == "COUNT":
		return Int(len(values))
	case len(values) == 0:
		return nil
	case c.name == "MAX":
		return slices.MaxFunc(values, func(x, y Value) int { return env.order(c.pos, x, y) })
	case c.name == "MIN":
		return slices.MinFunc(values, func(x, y Value) int { return env.order(c.pos, x, y) })
	}
	sum := new(big.Rat)
	for _, v := range values {
		sum.Add(sum, env.number(c.pos, v))
	}
	if c.name == "AVG" {
		sum.Quo(sum, new(big.Rat).SetInt64(int64(len(values))))
	}
	return sum
}
