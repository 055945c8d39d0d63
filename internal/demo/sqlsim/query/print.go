package query

import (
	"fmt"
	"math/big"
	"strings"
)

// print gives a text that is the same for expressions that mean the same.
func print(e expr) string {
	switch e := e.(type) {
	case *literal:
		if r, ok := e.value.(*big.Rat); ok {
			return r.String()
		}
		return fmt.Sprintf("%T:%v", e.value, e.value)
	case *columnRef:
		return fmt.Sprintf("c%d.%d.%d", e.depth, e.tab, e.col)
	case *pseudo:
		return e.name
	case *unary:
		return e.op + "(" + print(e.x) + ")"
	case *binary:
		return "(" + print(e.l) + e.op + print(e.r) + ")"
	}
	var parts []string
	for _, c := range children(e) {
		parts = append(parts, print(c))
	}
	name := fmt.Sprintf("%T", e)
	if c, ok := e.(*call); ok {
		name = fmt.Sprintf("%s,%v,%v", c.name, c.star, c.distinct)
	}
	if len(parts) == 0 && name[0] == '*' {
		return fmt.Sprintf("%p", e)
	}
	return name + "(" + strings.Join(parts, ",") + ")"
}
