package s3store

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

// A backup's first pieces come together: they probe once, and what is learnt
// holds for a day. Another process of the host may remove the probe meanwhile.
func TestProbesDoNotMeetEachOther(t *testing.T) {
	m := &memStore{strict: true}
	memory(t, m)
	var probes, removed atomic.Int64
	removed.Store(2)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probe := strings.Contains(r.URL.Path, ".probe-")
		if probe && r.Method == http.MethodDelete {
			probes.Add(1)
		}
		m.ServeHTTP(w, r)
		if probe && r.Header.Get("If-None-Match") != "" && removed.Add(-1) >= 0 {
			m.mu.Lock()
			delete(m.objects, strings.TrimPrefix(r.URL.Path, "/"+testBucket+"/"))
			m.mu.Unlock()
		}
	}))
	t.Cleanup(endpoint.Close)
	s := open(t, Options{Endpoint: endpoint.URL})
	var g errgroup.Group
	for i := range 8 {
		path := writeFile(t, "piece", randomBytes(uint64(i), 1000))
		g.Go(func() error {
			_, err := s.PutPiece(t.Context(), PutRequest{Path: path, Key: s.PieceKey(testSet, testStart, fmt.Sprint("piece", i))})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	caps, err := s.capabilities(t.Context())
	if err != nil || !caps.trusted(true) || !caps.ConditionalCreate {
		t.Errorf("learnt %+v, %v", caps, err)
	}
	if n := probes.Load(); n != 1 {
		t.Errorf("probed %d times", n)
	}
}
