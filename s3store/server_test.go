package s3store

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"
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
