package s3store

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"orabak-tui/internal/demo/s3sim"
)

func typeName(v any) string { return fmt.Sprintf("%T", v) }

// newTLSServer is a server whose certificate nobody trusts.
func newTLSServer(t *testing.T) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = quiet()
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL
}

// httpDate is the same store seen through a proxy that shifts the Date header.
func httpDate(t *testing.T, s *Store, ahead time.Duration) *Store {
	t.Helper()
	target, _ := url.Parse(s.opt.Endpoint)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
			return nil
		},
	}
	srv := httptest.NewServer(proxy)
	t.Cleanup(srv.Close)
	o := withoutCache(t, s)
	o.Endpoint = srv.URL
	return open(t, o)
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// formatted prints a value in all the ways that end in logs.
func formatted(o Options) []string {
	b, _ := json.Marshal(o)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("opened", "options", o)
	return []string{
		fmt.Sprint(o), fmt.Sprintf("%v %+v %#v %s %d", o, o, o, o, o), fmt.Sprint(&o), fmt.Sprintf("%+v", []Options{o}),
		string(b), log.String(),
	}
}

// simulatorTLS is the embedded server over TLS, and the file of the authority
// that signed its certificate.
func simulatorTLS(t *testing.T) (endpoint, authority string) {
	t.Helper()
	sim := s3sim.New(t.TempDir(), s3sim.Options{AccessKey: testKey, Secret: testSecret, NoSync: true})
	srv := httptest.NewTLSServer(sim)
	t.Cleanup(srv.Close)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	authority = writeFile(t, "ca.pem", block)
	s := open(t, Options{Endpoint: srv.URL, CAFile: authority})
	if _, err := s.api.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: s.bucket()}); err != nil {
		t.Fatal(err)
	}
	return srv.URL, authority
}
