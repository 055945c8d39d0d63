// Package s3fault is a reverse proxy for tests that stands in front of any S3
// endpoint and makes it fail: refusals, broken and slow connections, damaged
// bodies, lost answers, outages.
//
// Requests are forwarded with their Host and headers as they are, so that the
// signatures stay valid: a client talks to the proxy as if it were the store.
//
// What fails is scripted with rules, or drawn at random from a seed. The draw
// for a request depends on the seed, on what the request is about and on how
// often that was asked before, not on the order in which concurrent requests
// arrive: the same seed gives the same faults.
package s3fault

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Proxy forwards to an S3 endpoint. Its methods may be called from any
// goroutine, while requests are under way.
type Proxy struct {
	transport *http.Transport
	seed      uint64

	mu       sync.Mutex // guards all below
	target   *url.URL
	rules    []*rule
	down     bool
	counts   map[Operation]int
	injected map[string]int
	asked    map[string]int // how often something was asked, for the draw
	conns    map[net.Conn]bool
	inFlight int // requests that were taken and not answered yet
}

// Start serves a proxy for target on a free loopback port until the test ends,
// and returns it with the endpoint that clients are to use.
func Start(tb testing.TB, target string, seed uint64) (p *Proxy, endpoint string) {
	tb.Helper()
	u, err := url.Parse(target)
	if err != nil {
		tb.Fatalf("s3fault: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("s3fault: %v", err)
	}
	p = &Proxy{
		// The proxy adds nothing: no compression, no time limit of its own.
		transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64, ExpectContinueTimeout: time.Second},
		seed:      seed,
		target:    u,
		counts:    map[Operation]int{},
		injected:  map[string]int{},
		asked:     map[string]int{},
		conns:     map[net.Conn]bool{},
	}
	// What stalls is released at the end by this context: the server does not
	// notice that a client has gone whose body it does not read.
	base, release := context.WithCancel(context.Background())
	srv := &http.Server{
		Handler: p, ConnContext: p.remember, ConnState: p.forget,
		BaseContext: func(net.Listener) context.Context { return base },
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(l)
	}()
	tb.Cleanup(func() {
		release()
		_ = srv.Close()
		<-served
		p.transport.CloseIdleConnections()
	})
	return p, "http://" + l.Addr().String()
}

// SetTarget sends requests elsewhere from now on, as after a restart of the
// store on another port.
func (p *Proxy) SetTarget(target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = u
	return nil
}

// Down begins an outage: all connections are reset, and every request from now
// on, until Up.
func (p *Proxy) Down() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	for c := range p.conns {
		reset(c)
	}
}

// Up ends an outage.
func (p *Proxy) Up() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = false
}

// Counts tells how many requests of each operation have arrived, failed ones
// included.
func (p *Proxy) Counts() map[Operation]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.counts)
}

// Count tells how many requests of one operation have arrived.
func (p *Proxy) Count(op Operation) int { return p.Counts()[op] }

// InFlight tells how many requests were taken and are not answered yet. The
// store may still do what a client that has died asked for.
func (p *Proxy) InFlight() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inFlight
}

// Injected tells how often each fault was injected, by its name.
func (p *Proxy) Injected() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.injected)
}

// ServeHTTP forwards one request, or fails it.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.fly(1)
	defer p.fly(-1)
	switch x, target := p.begin(r); {
	case x == nil, x.before != nil && !x.before(r):
		resetClient(r)
	case x.answer != nil:
		x.answer.write(w, r)
	default:
		p.forward(w, r, x, target)
	}
}

func (p *Proxy) fly(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight += n
}

// begin decides what becomes of r; nil stands for an outage.
func (p *Proxy) begin(r *http.Request) (*exchange, *url.URL) {
	op := OperationOf(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[op]++
	if p.down {
		return nil, nil
	}
	identity := identityOf(op, r)
	p.asked[identity]++
	x := &exchange{rng: draw(p.seed, identity, p.asked[identity]), length: r.ContentLength}
	if f, found := p.choose(op, r, x); found {
		p.injected[f.Name]++
		f.set(x)
	}
	return x, p.target
}

func (p *Proxy) forward(w http.ResponseWriter, r *http.Request, x *exchange, target *url.URL) {
	res, err := p.transport.RoundTrip(outgoing(r, x, target))
	if err != nil {
		// Cut on purpose, or the store is gone: the client sees the same.
		resetClient(r)
	}
	defer res.Body.Close()
	if x.lost {
		_, _ = io.Copy(io.Discard, res.Body)
		resetClient(r)
	}
	maps.Copy(w.Header(), res.Header)
	body := x.answerBody(w.Header(), res)
	w.WriteHeader(res.StatusCode)
	switch err := stream(w, body); {
	case errors.Is(err, errCut):
		resetClient(r)
	case err != nil:
		panic(http.ErrAbortHandler)
	}
}

// outgoing is r as the store is to see it: the same, but for the address.
func outgoing(r *http.Request, x *exchange, target *url.URL) *http.Request {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host = target.Scheme, target.Host
	out.RequestURI = ""
	for _, name := range []string{"Connection", "Keep-Alive", "Te", "Upgrade"} {
		out.Header.Del(name) // belong to the one connection; never signed
	}
	if r.ContentLength == 0 {
		out.Body = http.NoBody
	} else if x.upload != nil {
		out.Body = io.NopCloser(x.upload(r.Context(), r.Body))
	}
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", "") // or the transport adds one
	}
	return out
}

// stream copies as it comes, so that a slow store looks slow.
func stream(w http.ResponseWriter, body io.Reader) error {
	flush := http.NewResponseController(w).Flush
	buf := make([]byte, 32<<10)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
		}
		if n > 0 || err != nil {
			_ = flush()
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

type connKey struct{}

func (p *Proxy) remember(ctx context.Context, c net.Conn) context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	return context.WithValue(ctx, connKey{}, c)
}

func (p *Proxy) forget(c net.Conn, state http.ConnState) {
	if state == http.StateClosed || state == http.StateHijacked {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, c)
	}
}

// resetClient breaks the connection that r came on, with a reset rather than an
// orderly end, and gives up on r.
func resetClient(r *http.Request) {
	if c, ok := r.Context().Value(connKey{}).(net.Conn); ok {
		reset(c)
	}
	panic(http.ErrAbortHandler)
}

func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// identityOf is what a request is about, in words that are the same in another
// run: upload ids are left out.
func identityOf(op Operation, r *http.Request) string {
	return strings.Join([]string{string(op), r.URL.Path, r.URL.Query().Get("partNumber"), r.Header.Get("Range")}, "\n")
}
