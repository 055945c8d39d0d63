package query

// split cuts WHERE at its ANDs.
func (q *query) split() {
	var cut func(e expr)
	cut = func(e expr) {
		if e == nil {
			return
		}
		if a, ok := e.(*binary); ok && a.op == "AND" {
			cut(a.l)
			cut(a.r)
			return
		}
		q.conjuncts = append(q.conjuncts, conjunct{e, q.level(e)})
	}
	cut(q.where)
}

// level is the last table that e needs. Subqueries may need all of them.
func (q *query) level(e expr) int {
	level := 0
	walk(e, func(e expr) bool {
		switch e := e.(type) {
		case *columnRef:
			if e.depth == 0 {
				level = max(level, e.tab)
			}
		case *pseudo:
			if e.name == "ROWNUM" {
				level = len(q.tables)
			}
		case *exists:
			level = max(level, len(q.tables)-1)
		case *scalar:
			level = max(level, len(q.tables)-1)
		case *inList:
			if e.sub != nil {
				level = max(level, len(q.tables)-1)
			}
		}
		return true
	})
	return level
}

// checkGroups refuses columns that a grouped query has no single value for.
func (b *binder) checkGroups(q *query) {
	walk(q.where, func(e expr) bool {
		if c, ok := e.(*call); ok && c.group {
			fail(c.pos, 934, "group function is not allowed here")
		}
		return true
	})
	if len(q.aggregates) == 0 && len(q.groupBy) == 0 {
		return
	}
	keys := map[string]bool{}
	for _, e := range q.groupBy {
		keys[print(e)] = true
	}
	for _, it := range q.items {
		walk(it.expr, func(e expr) bool {
			if c, ok := e.(*call); ok && c.group || keys[print(e)] {
				return false
			}
			if c, ok := e.(*columnRef); ok && c.depth == 0 {
				if len(q.groupBy) == 0 {
					fail(c.pos, 937, "not a single-group group function")
				}
				fail(c.pos, 979, "not a GROUP BY expression")
			}
			return true
		})
	}
}
