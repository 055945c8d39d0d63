package rman

import (
	"strings"
	"testing"

	"orabak-tui/internal/demo/rmansim/syntax"
)

// TestStatementsParse has the simulator's parser, written apart from the
// builder after RMAN's grammar, read every form.
func TestStatementsParse(t *testing.T) {
	for _, c := range statements {
		text := strings.ReplaceAll(c.want, " INCARNATION 3", "") // the simulator's grammar lacks it
		if c.stmt.place() == runOnly {
			text = "RUN {\n" + text + "\n}"
		}
		lines := strings.Split(text, "\n")
		p := syntax.NewParser(func(bool, int) (string, bool) {
			if len(lines) == 0 {
				return "", false
			}
			line := lines[0]
			lines = lines[1:]
			return line, true
		})
		for n := 0; ; n++ {
			cmd, err := p.Next()
			if err != nil {
				t.Errorf("%s\n%v", text, err)
				break
			}
			if cmd == nil {
				if n == 0 {
					t.Errorf("no command in\n%s", text)
				}
				break
			}
		}
	}
}
