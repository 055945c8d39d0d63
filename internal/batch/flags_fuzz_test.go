package batch

import (
	"errors"
	"strings"
	"testing"
)

// FuzzParse: any command line is an action with its arguments or a usage error;
// nothing of it panics, and what is accepted is what was asked for.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"--batch\x00full", "--batch\x00restore\x00--until-scn\x0099999999999999999999", "--batch\x00restore\x00--until-sequence\x001:0\x00--confirm\x00X",
		"--demo\x00lose\x00everything", "--batch\x00show\x00../../x", "--json\x00--batch\x00verify\x00--deep", "-h", "--batch", "--\x00x", "--until-time\x00\x1b[2J\x00--batch\x00restore",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		o, err := Parse(strings.Split(line, "\x00"))
		var usage *UsageError
		if err != nil {
			if !errors.As(err, &usage) {
				t.Fatalf("%q: %v is no usage error", line, err)
			}
			return
		}
		if o.Help || o.Version {
			return
		}
		if most, known := actions[o.Action]; o.Action != "" && (!known || len(o.Args) > most) {
			t.Fatalf("%q: action %q with %q", line, o.Action, o.Args)
		}
		if o.Action == "" && len(o.Args) > 0 && !o.Demo {
			t.Fatalf("%q: arguments %q without an action", line, o.Args)
		}
	})
}
