package rman

import (
	"reflect"
	"strings"
	"testing"
)

const banner = "RMAN-00571: ===========================================================\n" +
	"RMAN-00569: =============== ERROR MESSAGE STACK FOLLOWS ===============\n" +
	"RMAN-00571: ===========================================================\n"

// stacksOf gives the stacks that a transcript's parser tells of.
func stacksOf(t *testing.T, text string) []*Stack {
	t.Helper()
	var stacks []*Stack
	for _, e := range eventsOf(text) {
		if e.Kind == KindStackEnd {
			stacks = append(stacks, e.Stack)
		}
	}
	return stacks
}

func TestParserStack(t *testing.T) {
	stacks := stacksOf(t, "  "+strings.ReplaceAll(banner, "\n", "\n  ")+
		"RMAN-03002: failure of recover command at 03/15/2026 00:08:49\n"+
		"  RMAN-11003: failure during parse/execution of SQL statement: alter database recover\n"+
		"   if needed start\n"+
		"  ORA-00283: recovery session canceled due to errors\n"+
		"  ORA-27037: unable to obtain file status\n"+
		"  Linux-x86_64 Error: 2: No such file or directory\n"+
		"  Additional information: 7\n\n  RMAN-06908: WARNING: words\n")
	want := []*Stack{{Line: 2, Lines: []StackLine{
		{Code: "RMAN-03002", Text: "failure of recover command at 03/15/2026 00:08:49"},
		{Code: "RMAN-11003", Text: "failure during parse/execution of SQL statement: alter database recover if needed start"},
		{Code: "ORA-00283", Text: "recovery session canceled due to errors"},
		{Code: "ORA-27037", Text: "unable to obtain file status",
			Detail: []string{"Linux-x86_64 Error: 2: No such file or directory", "Additional information: 7"}},
	}}}
	if !reflect.DeepEqual(stacks, want) {
		t.Errorf("got %+v\nwant %+v", stacks, want)
	}
}

func TestParserStackEnds(t *testing.T) {
	message := "RMAN-06172: no AUTOBACKUP found or specified handle is not a valid copy or piece\n"
	for name, c := range map[string]struct {
		text string
		want [][]string
	}{
		"blank line":          {banner + message + "\nORA-01013: words\n", [][]string{{"RMAN-06172"}}},
		"prompt":              {banner + message + "RMAN> \nORA-01013: words\n", [][]string{{"RMAN-06172"}}},
		"end of RMAN":         {banner + message + "Recovery Manager complete.\nORA-01013: words\n", [][]string{{"RMAN-06172"}}},
		"next command":        {banner + message + "Starting restore at 03-NOV-26\nORA-01013: words\n", [][]string{{"RMAN-06172"}}},
		"msgno's next line":   {banner + message + "RMAN-08031: released channel: c1\nORA-01013: words\n", [][]string{{"RMAN-06172"}}},
		"next stack":          {banner + message + banner + message, [][]string{{"RMAN-06172"}, {"RMAN-06172"}}},
		"end of text":         {banner + message, [][]string{{"RMAN-06172"}}},
		"nothing in it":       {banner, [][]string{{}}},
		"startup in a stack":  {banner + "RMAN-04014: startup failed: ORA-01261: words\nORA-01262: words\n", [][]string{{"RMAN-04014", "ORA-01262"}}},
		"no match in a stack": {banner + "RMAN-20242: specification does not match any archived log in the repository\n" + message, [][]string{{"RMAN-20242", "RMAN-06172"}}},
		"a blank line after every line": {strings.ReplaceAll(banner+message+"ORA-01013: words\nRMAN> \n", "\n", "\n\n"),
			[][]string{{"RMAN-06172", "ORA-01013"}}},
	} {
		got := [][]string{}
		for _, s := range stacksOf(t, c.text) {
			got = append(got, s.Codes())
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestStackRoot(t *testing.T) {
	for want, lines := range map[string]string{
		"ORA-19502":  "RMAN-03009: x\nORA-19502: x\nORA-27072: x",
		"ORA-00313":  "RMAN-03002: x\nORA-00283: x\nRMAN-11003: x\nORA-00283: x\nORA-00313: x\nORA-00312: x\nORA-27037: x",
		"ORA-01157":  "RMAN-03002: x\nORA-01157: x\nORA-01110: x",
		"ORA-19809":  "RMAN-03002: x\nORA-19870: x\nORA-19809: x\nORA-19804: x",
		"RMAN-06059": "RMAN-03002: x\nRMAN-06059: x\nORA-19625: x\nORA-27037: x",
		"RMAN-06023": "RMAN-03002: x\nRMAN-06026: x\nRMAN-06023: x\nRMAN-06023: x",
		"RMAN-20201": "RMAN-03002: x\nRMAN-20201: x\nRMAN-06010: x",
		"RMAN-05579": "RMAN-03002: x\nRMAN-05501: x\nRMAN-05579: x",
		"ORA-01034":  "RMAN-03002: x\nRMAN-05501: x\nRMAN-06403: x\nRMAN-04006: error: ORA-01034: x\nORA-27101: x",
		"ORA-19511":  "RMAN-03002: x\nORA-19870: x\nORA-19507: x\nORA-27029: x\nORA-19511: x",
		"ORA-12345":  "RMAN-03002: x\nORA-12345: a code that the catalogue lacks\nORA-27999: x",
		"RMAN-01009": "RMAN-00558: x\nRMAN-01009: x",
		"ORA-27040":  "RMAN-03002: x\nORA-27040: x",
		"RMAN-03009": "RMAN-03002: x\nRMAN-03009: x",
		"":           "",
	} {
		stack := stacksOf(t, banner+lines)[0]
		if got := stack.Root().Code; got != want {
			t.Errorf("%q: root cause %q, want %q", lines, got, want)
		}
	}
}

func TestStackHasAndString(t *testing.T) {
	s := stacksOf(t, banner+"RMAN-03002: failure\nRMAN-04006: error: ORA-01034: ORACLE not available\n")[0]
	if !s.Has("ORA-01034") || !s.Has("RMAN-03002") || s.Has("ORA-01017") {
		t.Error("Has does not tell what the stack carries")
	}
	if got, want := s.String(), "RMAN-03002: failure\nRMAN-04006: error: ORA-01034: ORACLE not available"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
