package ui

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/restore"
	"orabak-tui/s3store"
)

// evil would set the title, clear the screen, colour it, move the cursor and
// turn the writing direction.
const evil = "\x1b]0;EVIL\x07\x1b[2J\x1b[31mEVIL\x9b5A\u202eEVIL\r\nEVIL"

// poison puts evil into every text of a value, however deep.
func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(v.String() + evil)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Kind() == reflect.Pointer {
			poison(v.Elem())
		}
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				poison(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i))
		}
	}
}

func poisoned[T any](v T) T {
	poison(reflect.ValueOf(&v).Elem())
	return v
}

// hostileDeps are those of a world that has been taken over: every text from
// S3, Oracle, RMAN, the journals and the errors is evil. What the console
// branches on stays as it is.
func hostileDeps(t *testing.T) Deps {
	d := fixtureDeps(t)
	var all []s3store.Set
	for _, s := range fixtureSets() {
		kept := s
		s = poisoned(s)
		s.Status, s.Kind = kept.Status, kept.Kind
		s.DBName = "ORCL" + evil
		all = append(all, s)
	}
	d.Host += evil
	c := *d.Config
	c.Bucket, c.Prefix, c.StagingDir = evil, evil, evil
	d.Config = &c
	d.Store = &fakeStore{sets: all, manifest: func(s s3store.Set) (*s3store.Manifest, error) { return poisoned(manifestOf(s)), nil },
		verify: func(*s3store.Manifest) (s3store.Report, error) {
			return poisoned(s3store.Report{Missing: []s3store.Fault{{Key: "k"}}, Corrupt: []s3store.Fault{{Key: "k"}}, Surplus: []string{"s"}, SizeOnly: []string{"s"}}), nil
		}}
	d.Facts = func(context.Context) (*oracle.Facts, error) { return poisoned(fixtureFacts()), nil }
	d.Preflight = func(context.Context) []Finding {
		f := poisoned(fixtureFindings())
		for i := range f {
			f[i].State = "fail"
		}
		return f
	}
	d.PlanBackup = func(_ context.Context, kind string) (*run.Plan, error) {
		if kind != "full" {
			return nil, errors.New(evil)
		}
		return poisoned(fixtureBackupPlan(kind)), nil
	}
	d.PlanRestore = func(_ context.Context, r restore.Request) (*restore.Plan, error) {
		p := fixtureRestorePlan(r)
		poison(reflect.ValueOf(p))
		return p, nil
	}
	d.Advice = func(string) (Advice, bool) { return Advice{evil, evil}, true }
	return d
}

// Nothing from S3, RMAN, Oracle or a journal can move the cursor or colour the
// screen by itself.
func TestNothingFromOutsideReachesTheTerminal(t *testing.T) {
	plays := map[string]func(k *desk){
		"sets":   func(k *desk) {},
		"set":    func(k *desk) { k.press("enter"); k.sees("took") },
		"backup": func(k *desk) { k.press("b"); k.sees("datafiles-1") },
		"refused": func(k *desk) {
			k.press("b", "tab")
			k.until("error", func() bool { return k.a.top().(*backup).errs["incremental"] != nil })
		},
		"restore": func(k *desk) { k.press("r", "enter"); k.sees("REACHABLE"); k.press("enter") },
		"unreachable": func(k *desk) {
			k.press("r", "j", "j", "j", "enter")
			k.text("5")
			k.press("enter")
			k.sees("REACHABLE")
		},
		"verify":  func(k *desk) { k.press("v"); k.sees("missing") },
		"check":   func(k *desk) { k.press("c"); k.sees("rman") },
		"trends":  func(k *desk) { k.press("T") },
		"palette": func(k *desk) { k.press(":") },
		"run":     func(k *desk) { showRun(k, poisoned(failedEvents())) },
		"live":    func(k *desk) { showRun(k, poisoned(liveEvents())); k.a.pop() },
		"runs": func(k *desk) {
			k.a.data.runs = poisoned(fixtureRuns())
			for i, r := range fixtureRuns() {
				k.a.data.runs[i].State = r.State
			}
			k.press("L")
		},
		"quit": func(k *desk) {
			k.a.data.runs = poisoned(fixtureRuns())
			k.a.data.runs[0].State = run.Running
			k.press("q")
		},
		"toast": func(k *desk) { k.send(doneMsg{err: errors.New(evil)}) },
		"ended": func(k *desk) { k.a.runEnded(poisoned(run.Info{ID: "x", Error: "y"})) },
	}
	for name, play := range plays {
		t.Run(name, func(t *testing.T) {
			k := openedDesk(t, hostileDeps(t))
			play(k)
			v := k.a.View()
			for _, s := range []string{v.Content, v.WindowTitle} {
				for _, bad := range []string{"\x1b]0;EVIL", "\x1b[2J", "\x1b[31mEVIL", "\x07", "\x9b", "\u202e", "\r"} {
					if strings.Contains(s, bad) {
						t.Errorf("%q reaches the terminal:\n%q", bad, s)
					}
				}
			}
			if !contains(k.screen(), "EVIL") && name != "trends" {
				t.Errorf("nothing hostile is on the screen, so nothing was tested:\n%s", k.screen())
			}
		})
	}
}
