package query

import (
	"math/big"
	"slices"
)

// Table is a table or view with its rows.
type Table struct {
	Columns []Column
	Rows    [][]Value
}

// Catalog finds tables by upper case name. ok is false for one that does not
// exist; an error is one that the table itself gives (ORA-01507).
type Catalog interface {
	Table(name string) (t *Table, ok bool, err error)
}

// scope is what column names mean in a query; subqueries see the outer ones.
type scope struct {
	q     *query
	outer *scope
}

// conjunct is a part of WHERE, to be asked as soon as its tables have rows.
type conjunct struct {
	cond  expr
	level int // index of the last table it needs; len(tables) for ROWNUM
}

type binder struct {
	cat Catalog
	env *Env
}

// bind resolves tables and columns of q.
func (b *binder) bind(q *query, outer *scope) {
	sc := &scope{q: q, outer: outer}
	for i := range q.from {
		q.tables = append(q.tables, b.table(&q.from[i], outer))
	}
	q.items = expand(q)
	for i := range q.from {
		b.resolve(q.from[i].on, sc)
	}
	b.resolve(q.where, sc)
	for _, e := range q.groupBy {
		b.resolve(e, sc)
	}
	b.resolve(q.having, sc)
	for i := range q.items {
		b.resolve(q.items[i].expr, sc)
	}
	b.bindOrder(q, sc)
	for _, it := range q.items {
		q.columns = append(q.columns, b.describe(it))
	}
	q.split()
	b.checkGroups(q)
	if q.union != nil {
		b.bind(q.union, outer)
		if len(q.union.columns) != len(q.columns) {
			fail(-1, 1789, "query block has incorrect number of result columns")
		}
	}
}

func (b *binder) table(s *source, outer *scope) *Table {
	if s.sub != nil {
		b.bind(s.sub, outer)
		r := b.env.rows(s.sub, nil)
		return &Table{Columns: s.sub.columns, Rows: r}
	}
	t, ok, err := b.cat.Table(s.name)
	if err != nil {
		panic(quit{err})
	}
	if !ok {
		fail(s.pos, 942, "table or view does not exist")
	}
	return t
}

// expand replaces * by columns.
func expand(q *query) (out []item) {
	for _, it := range q.items {
		if !it.star {
			out = append(out, it)
			continue
		}
		found := false
		for i, t := range q.tables {
			if it.table != "" && it.table != q.from[i].alias && (it.table != q.from[i].name || q.from[i].alias != "") {
				continue
			}
			found = true
			for j, c := range t.Columns {
				out = append(out, item{alias: c.Name, expr: &columnRef{pos: it.pos, name: c.Name, tab: i, col: j, typ: c, table: "\x00"}})
			}
		}
		if !found {
			fail(it.pos, 904, "\"%s\": invalid identifier", it.table)
		}
	}
	return out
}

// resolve binds all columns below e.
func (b *binder) resolve(e expr, sc *scope) {
	walk(e, func(e expr) bool {
		switch e := e.(type) {
		case *columnRef:
			if e.table != "\x00" {
				sc.lookup(e)
			}
		case *call:
			if e.group {
				if !e.star && len(e.args) != 1 {
					fail(e.pos, 909, "invalid number of arguments")
				}
				e.number = len(sc.q.aggregates)
				sc.q.aggregates = append(sc.q.aggregates, e)
			} else {
				checkCall(e)
			}
		case *inList:
			b.sub(e.sub, sc)
		case *exists:
			b.sub(e.sub, sc)
		case *scalar:
			b.sub(e.sub, sc)
		}
		return true
	})
}

func (b *binder) sub(q *query, sc *scope) {
	if q != nil {
		b.bind(q, sc)
	}
}

// lookup finds the column in this scope or one further out.
func (sc *scope) lookup(c *columnRef) {
	for depth, at := 0, sc; at != nil; depth, at = depth+1, at.outer {
		found := false
		for i, t := range at.q.tables {
			if c.table != "" && !named(at.q.from[i], c.table) {
				continue
			}
			for j, col := range t.Columns {
				if col.Name != c.name {
					continue
				}
				if found {
					fail(c.pos, 918, "column ambiguously defined")
				}
				found = true
				c.depth, c.tab, c.col, c.typ = depth, i, j, col
			}
		}
		if found {
			for s := sc; s != at; s = s.outer {
				s.q.correlated = true
			}
			return
		}
	}
	if c.table != "" {
		fail(c.pos, 904, "\"%s\".\"%s\": invalid identifier", c.table, c.name)
	}
	fail(c.pos, 904, "\"%s\": invalid identifier", c.name)
}

func named(s source, table string) bool {
	if s.alias != "" {
		return s.alias == table
	}
	return s.name == table
}

// bindOrder resolves ORDER BY: a position, an alias of the list, or an
// expression.
func (b *binder) bindOrder(q *query, sc *scope) {
	for i := range q.orderBy {
		o := &q.orderBy[i]
		if l, ok := o.expr.(*literal); ok {
			n, isInt := position(l.value)
			if isInt && (n < 1 || n > len(q.items)) {
				fail(l.pos, 1785, "ORDER BY item must be the number of a SELECT-list expression")
			}
			if isInt {
				o.expr = q.items[n-1].expr
			}
			continue
		}
		if c, ok := o.expr.(*columnRef); ok && c.table == "" {
			if n := slices.IndexFunc(q.items, func(it item) bool { return it.alias == c.name }); n >= 0 {
				o.expr = q.items[n].expr
				continue
			}
		}
		b.resolve(o.expr, sc)
	}
}

// position reads a whole number.
func position(v Value) (int, bool) {
	r, ok := v.(*big.Rat)
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return int(r.Num().Int64()), true
}

// describe gives the result column of an item.
func (b *binder) describe(it item) Column {
	c := typeOf(it.expr, b.env)
	c.Name = it.alias
	if ref, ok := it.expr.(*columnRef); ok && c.Name == "" {
		c.Name = ref.name
	}
	if c.Name == "" {
		c.Name = heading(it.text)
	}
	return c
}
