package harness

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/run"
	"orabak-tui/internal/s3fault"
)

// policy is an IAM policy as --batch iam prints it.
type policy struct {
	Version   string
	Statement []struct {
		Sid, Effect      string
		Action, Resource []string
		Condition        map[string]map[string][]string
	}
}

// allows says whether IAM would let an action on a resource (an ARN) pass.
func (p policy) allows(action, resource string) bool {
	for _, s := range p.Statement {
		if s.Effect == "Allow" && slices.Contains(s.Action, action) && slices.ContainsFunc(s.Resource, func(pattern string) bool { return matches(pattern, resource) }) {
			return true
		}
	}
	return false
}

// matches is IAM's match: a star stands for anything, slashes too.
func matches(pattern, s string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == s
	}
	if !strings.HasPrefix(s, before) {
		return false
	}
	for i := len(before); i <= len(s); i++ {
		if matches(after, s[i:]) {
			return true
		}
	}
	return false
}

// rights are the actions that IAM asks for each operation (S3 API reference,
// "Required permissions").
var rights = map[s3fault.Operation]string{
	s3fault.HeadBucket: "s3:ListBucket", s3fault.ListObjectsV2: "s3:ListBucket", s3fault.GetBucketLocation: "s3:GetBucketLocation",
	s3fault.ListMultipartUploads: "s3:ListBucketMultipartUploads", s3fault.PutObject: "s3:PutObject", s3fault.GetObject: "s3:GetObject",
	s3fault.HeadObject: "s3:GetObject", s3fault.DeleteObject: "s3:DeleteObject", s3fault.CreateMultipartUpload: "s3:PutObject",
	s3fault.UploadPart: "s3:PutObject", s3fault.CompleteMultipartUpload: "s3:PutObject", s3fault.ListParts: "s3:ListMultipartUploadParts",
	s3fault.AbortMultipartUpload: "s3:AbortMultipartUpload",
}

// guard is a store that enforces a policy: what it does not allow is answered
// with AccessDenied.
type guard struct {
	mu      sync.Mutex
	policy  policy
	denied  []string
	allowed map[string]int
	next    http.Handler
}

func (g *guard) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	op := s3fault.OperationOf(r)
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	arn := "arn:aws:s3:::" + name
	if key != "" {
		arn += "/" + key
	}
	action := rights[op]
	if op == s3fault.DeleteObjects { // its keys stand in its body; the program deletes pieces in this way
		action, arn = "s3:DeleteObject", "arn:aws:s3:::"+name+"/"+prefix+"2026/"
	}
	g.mu.Lock()
	ok := g.policy.allows(action, arn)
	if !ok {
		g.denied = append(g.denied, string(op)+" "+arn)
	} else {
		g.allowed[action]++
	}
	g.mu.Unlock()
	if !ok {
		rw.Header().Set("Content-Type", "application/xml")
		rw.WriteHeader(http.StatusForbidden)
		_, _ = rw.Write([]byte(`<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`))
		return
	}
	g.next.ServeHTTP(rw, r)
}

// guarded puts a guard before the world's store.
func (w *world) guarded() *guard {
	w.t.Helper()
	u, err := url.Parse(w.url)
	must(w.t, err)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = u.Scheme, u.Host, r.In.Host
	}}
	g := &guard{next: proxy, allowed: map[string]int{}}
	srv := httptest.NewServer(g)
	w.t.Cleanup(srv.Close)
	w.env["AWS_ENDPOINT_URL_S3"] = srv.URL
	w.save()
	return g
}

// as takes on a role.
func (g *guard) as(w *world, role string) policy {
	w.t.Helper()
	e := w.batch("iam " + role)
	var p policy
	must(w.t, json.Unmarshal([]byte(e.out), &p))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.policy, g.denied, g.allowed = p, nil, map[string]int{}
	return p
}

func (g *guard) refusals() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.denied)
}

// TestRoles: with no more than the policy of its role the program does all that
// the role is for, and the policy gives no right that is not used.
func TestRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 830)
	g := w.guarded()
	const fault = "IAM: a role's least rights"

	g.as(w, "writer")
	w.batch("full")
	w.killedAt(run.EnvCrashAt+"=piece-confirmed:3", "full")
	w.batch("resume", 0, 3)
	w.faults(rmansim.Faults{Pieces: []rmansim.PieceFault{{At: 2, Kind: "disk_full", Once: true}}})
	w.batch("archivelog", 1)
	w.faults(rmansim.Faults{})
	fast := w.slowly(0)
	w.batch("incremental", 0, 3)
	fast()
	w.batch("check", 0, 3)
	w.holds(fault, g.refusals(), 9)

	g.as(w, "auditor")
	for _, a := range []string{"list", "verify", "verify --deep"} {
		w.batch(a)
	}
	w.batch("show " + w.sets()[0].ID)
	w.holds(fault, g.refusals(), 9)

	g.as(w, "restorer")
	before, end := w.lose(oradb.LoseEverything)
	w.batch("restore --confirm "+sid, 0, 3)
	w.proves(fault, before, end)
	w.holds(fault, g.refusals(), 9)
}

// TestRolesAreNarrow: what a role must not be able to do.
func TestRolesAreNarrow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 840)
	g := &guard{}
	arn := func(key string) string { return "arn:aws:s3:::" + path.Join(bucket, key) }
	manifest, piece := arn(prefix+"catalog/HARN-1/20260101T000000Z-full-HARN-0000~x.json"), arn(prefix+"2026/01/01/20260101T000000Z-full-HARN-0000/p")
	for role, never := range map[string][][2]string{
		"writer":   {{"s3:DeleteObject", manifest}, {"s3:PutObject", arn("elsewhere/x")}, {"s3:GetObject", arn("elsewhere/x")}, {"s3:DeleteBucket", arn("")}},
		"restorer": {{"s3:PutObject", piece}, {"s3:DeleteObject", piece}, {"s3:PutObject", manifest}, {"s3:DeleteObject", manifest}},
		"auditor":  {{"s3:PutObject", piece}, {"s3:DeleteObject", piece}, {"s3:PutObject", manifest}, {"s3:DeleteObject", manifest}},
		"pruner":   {{"s3:PutObject", piece}, {"s3:PutObject", manifest}, {"s3:DeleteObject", arn("elsewhere/x")}},
	} {
		p := g.as(w, role)
		if p.Version != "2012-10-17" || len(p.Statement) == 0 {
			t.Errorf("%s: %+v", role, p)
		}
		for _, n := range never {
			if p.allows(n[0], n[1]) {
				t.Errorf("a %s may %s on %s", role, n[0], n[1])
			}
		}
		for _, s := range p.Statement {
			if slices.ContainsFunc(s.Action, func(a string) bool { return strings.Contains(a, "*") }) || slices.Contains(s.Resource, "*") {
				t.Errorf("a %s gets everything: %+v", role, s)
			}
		}
	}
	if e := w.run(nil, "--batch", "iam", "root"); e.code != 2 {
		t.Errorf("a role that does not exist: %v", e)
	}
}
