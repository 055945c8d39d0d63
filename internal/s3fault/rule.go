package s3fault

import (
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Rule says which requests fail, and how. The zero value of a field leaves it
// open; a rule of nothing but a Fault fails everything.
type Rule struct {
	Op     Operation
	Method string
	Path   string // part of the request's path, such as a key or a bucket
	// Skip lets the first so many requests of this rule pass; Times ends it
	// after so many faults. The third UploadPart alone is Skip: 2, Times: 1.
	Skip, Times int
	// Chance fails a request with this probability instead of always.
	Chance float64
	Fault  Fault
	// Faults, if not empty, stands for Fault with one of them, drawn by seed.
	Faults []Fault
}

type rule struct {
	Rule
	matched, fired int
}

// Add puts a rule behind those there are; the first one that fires decides
// about a request. The rule holds until remove is called, which may be never.
func (p *Proxy) Add(r Rule) (remove func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	added := &rule{Rule: r}
	p.rules = append(p.rules, added)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.rules = slices.DeleteFunc(p.rules, func(x *rule) bool { return x == added })
	}
}

// FailNth fails the nth request (from 1) of an operation from now on.
func (p *Proxy) FailNth(op Operation, n int, f Fault) (remove func()) {
	return p.Add(Rule{Op: op, Skip: n - 1, Times: 1, Fault: f})
}

// Storm fails a share of all requests with faults drawn from the seed.
func (p *Proxy) Storm(chance float64, faults ...Fault) (end func()) {
	return p.Add(Rule{Chance: chance, Faults: faults})
}

// Clear removes all rules.
func (p *Proxy) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = nil
}

// choose finds the fault for a request. The caller holds p.mu.
func (p *Proxy) choose(op Operation, r *http.Request, x *exchange) (f Fault, found bool) {
	for _, rule := range p.rules {
		// Every rule counts the request, also when another has taken it.
		if rule.matches(op, r) && !found && rule.fires(x) {
			f, found = rule.fault(x), true
		}
	}
	return f, found
}

func (r *rule) matches(op Operation, req *http.Request) bool {
	if r.Op != "" && r.Op != op || r.Method != "" && r.Method != req.Method || !strings.Contains(req.URL.Path, r.Path) {
		return false
	}
	r.matched++
	return true
}

func (r *rule) fires(x *exchange) bool {
	if r.matched <= r.Skip || r.Times > 0 && r.fired >= r.Times {
		return false
	}
	if r.Chance > 0 && x.rng.Float64() >= r.Chance {
		return false
	}
	r.fired++
	return true
}

func (r *rule) fault(x *exchange) Fault {
	if len(r.Faults) > 0 {
		return r.Faults[x.rng.IntN(len(r.Faults))]
	}
	return r.Fault
}

// draw is the source of randomness of one request.
func draw(seed uint64, identity string, attempt int) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(identity + "\n" + strconv.Itoa(attempt))) // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))                   //nolint:gosec // repeatable on purpose
}
