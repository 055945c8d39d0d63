package s3store

import (
	"bytes"
	"encoding/json"
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
