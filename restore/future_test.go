package restore

import (
	"errors"
	"testing"

	"orabak-tui/internal/oracle"
)

func TestFuture(t *testing.T) {
	open := oracle.Facts{Status: oracle.Open, CurrentSCN: 1000}
	for what, c := range map[string]struct {
		t    Target
		f    oracle.Facts
		want bool
	}{
		"latest":    {Target{}, open, false},
		"now":       {Target{Kind: TargetSCN, SCN: 1001}, open, false},
		"later":     {Target{Kind: TargetSCN, SCN: 1002}, open, true},
		"who knows": {Target{Kind: TargetSCN, SCN: 1 << 40}, oracle.Facts{Status: oracle.Mounted}, false},
	} {
		if err := future(c.t, &c.f); errors.Is(err, ErrUnreachable) != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
}
