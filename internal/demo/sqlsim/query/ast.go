package query

// expr is a node of an expression.
type expr interface{ at() int }

type (
	literal struct {
		pos   int
		value Value
	}
	// columnRef is a column, bound to a place by bind.
	columnRef struct {
		pos   int
		table string
		name  string
		depth int // how many scopes out
		tab   int
		col   int
		typ   Column
	}
	// pseudo is ROWNUM, SYSDATE, USER …
	pseudo struct {
		pos  int
		name string
	}
	unary struct {
		pos int
		op  string // - NOT
		x   expr
	}
	binary struct {
		pos  int
		op   string // + - * / || = <> < > <= >= AND OR LIKE
		l, r expr
	}
	between struct {
		pos       int
		x, lo, hi expr
	}
	isNull struct {
		pos int
		x   expr
	}
	inList struct {
		pos  int
		x    expr
		list []expr
		sub  *query
	}
	exists struct {
		pos int
		sub *query
	}
	scalar struct {
		pos int
		sub *query
	}
	caseExpr struct {
		pos     int
		operand expr
		whens   []when
		other   expr
	}
	when struct{ cond, then expr }
	// call is a function; group is set for aggregates.
	call struct {
		pos      int
		name     string
		args     []expr
		star     bool
		distinct bool
		group    bool
		number   int // index among the aggregates of its query
	}
)

func (e *literal) at() int   { return e.pos }
func (e *columnRef) at() int { return e.pos }
func (e *pseudo) at() int    { return e.pos }
func (e *unary) at() int     { return e.pos }
func (e *binary) at() int    { return e.pos }
func (e *between) at() int   { return e.pos }
func (e *isNull) at() int    { return e.pos }
func (e *inList) at() int    { return e.pos }
func (e *exists) at() int    { return e.pos }
func (e *scalar) at() int    { return e.pos }
func (e *caseExpr) at() int  { return e.pos }
func (e *call) at() int      { return e.pos }

// query is a SELECT, with what UNION and the like put behind it.
type query struct {
	distinct bool
	items    []item
	from     []source
	where    expr
	groupBy  []expr
	having   expr
	orderBy  []order
	limit    int // FETCH FIRST n ROWS ONLY, -1 for none
	union    *query
	all      bool // UNION ALL

	// bound
	tables     []*Table
	columns    []Column
	aggregates []*call
	correlated bool
	conjuncts  []conjunct
}

type item struct {
	expr  expr
	alias string
	star  bool   // * or t.*
	table string // of t.*
	text  string // as written, for the heading
	pos   int
}

type source struct {
	pos   int
	name  string
	alias string
	sub   *query
	on    expr // join condition
	left  bool // LEFT OUTER JOIN
}

type order struct {
	expr       expr
	desc       bool
	nullsFirst bool
	nullsSet   bool
}

// children lists the direct parts of an expression, not those in subqueries.
func children(e expr) []expr {
	switch e := e.(type) {
	case *unary:
		return []expr{e.x}
	case *binary:
		return []expr{e.l, e.r}
	case *between:
		return []expr{e.x, e.lo, e.hi}
	case *isNull:
		return []expr{e.x}
	case *inList:
		return append([]expr{e.x}, e.list...)
	case *call:
		return e.args
	case *caseExpr:
		var out []expr
		if e.operand != nil {
			out = append(out, e.operand)
		}
		for _, w := range e.whens {
			out = append(out, w.cond, w.then)
		}
		if e.other != nil {
			out = append(out, e.other)
		}
		return out
	}
	return nil
}

// walk calls fn for e and all below it, until fn says false.
func walk(e expr, fn func(expr) bool) {
	if e == nil || !fn(e) {
		return
	}
	for _, c := range children(e) {
		walk(c, fn)
	}
}
