package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"orabak-tui/internal/config"
)

// Three attempts of three seconds fit into limit with their pauses.
const (
	attempts   = 3
	oneAttempt = 3 * time.Second
	pause      = 300 * time.Millisecond
)

// client follows no redirect: a document that another address gets, or that a
// redirect turns into a GET, would count as told.
var client = &http.Client{
	Timeout:       oneAttempt,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// ping posts the document, again after what may pass (no connection, 429,
// 5xx).
func ping(ctx context.Context, to config.Secret, f Facts, doc []byte) error {
	address, err := addressFor(to.Reveal(), f)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		again, err := post(ctx, address, doc)
		if err == nil || !again || n == attempts {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(n) * pause):
		}
	}
}

// addressFor is the address of an event. An address in the manner of
// healthchecks.io (host hc-ping.com, or a path with /ping/) has one for each:
// /start, the bare one for success, /fail. Every other address gets both
// events, told apart by the document.
func addressFor(address string, f Facts) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", errors.New("NOTIFY_URL: not an address") // err would show it
	}
	if u.Hostname() != "hc-ping.com" && !strings.Contains(u.Path, "/ping/") {
		return address, nil
	}
	switch {
	case f.Event == Begun:
		u = u.JoinPath("start")
	case !f.good():
		u = u.JoinPath("fail")
	}
	return u.String(), nil
}

func post(ctx context.Context, address string, doc []byte) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(doc))
	if err != nil {
		return false, errors.New("NOTIFY_URL: not an address")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "orabak-tui")
	resp, err := client.Do(req)
	if err != nil {
		return true, fmt.Errorf("NOTIFY_URL: %s", reason(err))
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode/100 == 2 {
		return false, nil
	}
	return resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500,
		fmt.Errorf("NOTIFY_URL: answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
}

// reason names why there was no answer, in words of its own: the errors of
// net/http quote the address.
func reason(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	var netErr net.Error
	switch {
	case errors.As(err, &netErr) && netErr.Timeout():
		return "no answer in time"
	case errors.As(err, &dns):
		return "its host has no address"
	case errors.As(err, &op):
		return op.Op + ": " + op.Err.Error()
	case errors.Is(err, context.Canceled):
		return "the run was over before it answered"
	case strings.Contains(err.Error(), "tls:"), strings.Contains(err.Error(), "x509:"):
		return "its certificate is not accepted"
	default:
		return "no connection"
	}
}
