package serve_test

import (
	"net/http"
	"strings"
	"testing"

	"easel/internal/face/serve"
)

// TestHosts: only names of this server are answered, whatever the method
// (DNS rebinding).
func TestHosts(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.Hosts = []string{"Easel.Example."} })
	for host, want := range map[string]bool{
		"localhost": true, "localhost:8420": true, "LOCALHOST": true, "localhost.": true, "a.localhost": true, "studio.local:80": true,
		"127.0.0.1": true, "127.0.0.1:1": true, "[::1]": true, "[::1]:8420": true, "192.168.0.7:8420": true,
		"easel.example": true, "EASEL.example:99": true,
		"evil.example": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false, "xlocalhost": false,
		"evil.example:8420": false, "[::1].evil.example": false, "::1:x": false,
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "OPTIONS"} {
			answer, body := call(t, method, server.URL+"/livez", nil, http.Header{"Host": {host}})
			if refused := answer.StatusCode == http.StatusForbidden; refused == want {
				t.Errorf("%s for Host %q: %d %s", method, host, answer.StatusCode, body)
			}
		}
	}
}

// TestCrossOrigin: pages of other sites may not make this server do anything.
func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	in := picture(t, 8, 8, 8)
	for _, header := range []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}, {"Origin": {"null"}},
	} {
		answer, body := call(t, "POST", server.URL+"/m", in, header)
		wantProblem(t, answer, body, http.StatusForbidden, "cross-origin")
		if answer.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%v: the answer may be read by another site", header)
		}
	}
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"same-origin"}}, {"Origin": {server.URL}}, {}} {
		if answer, body := call(t, "POST", server.URL+"/m", in, header); answer.StatusCode != http.StatusOK {
			t.Errorf("%v: %d %s", header, answer.StatusCode, body)
		}
	}
}

// TestPages: what is embedded is served with types that browsers believe, and
// with a policy that lets nothing else in.
func TestPages(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/index.html": "text/html; charset=utf-8", "/index": "text/html; charset=utf-8"} {
		answer, body := call(t, "GET", server.URL+path, nil, nil)
		policy := answer.Header.Get("Content-Security-Policy")
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != kind ||
			!strings.Contains(policy, "default-src 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") ||
			answer.Header.Get("X-Content-Type-Options") != "nosniff" || answer.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %v", path, answer.StatusCode, answer.Header)
		}
		if strings.Contains(string(body), "<style") || strings.Contains(string(body), " style=") || strings.Contains(string(body), "onclick") {
			t.Errorf("%s has inline style or script, which its policy forbids", path)
		}
		again, _ := call(t, "GET", server.URL+path, nil, http.Header{"If-None-Match": {answer.Header.Get("ETag")}})
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %d", path, again.StatusCode)
		}
	}
	answer, body := call(t, "GET", server.URL+"/../secret", nil, nil)
	wantProblem(t, answer, body, http.StatusNotFound, "not-found")
}

// TestOnlyThisMachine: another address is refused before anything is opened.
func TestOnlyThisMachine(t *testing.T) {
	t.Parallel()
	for listen, ok := range map[string]bool{"127.0.0.1:0": true, "localhost:0": true, "[::1]:0": true, "0.0.0.0:80": false, ":80": false, "192.168.0.1:80": false, "example.com:80": false, "80": false} {
		o := serve.Default()
		o.Listen = listen
		if err := o.Validate(); (err == nil) != ok {
			t.Errorf("%s: %v", listen, err)
		}
	}
}

// TestHealth: alive and ready.
func TestHealth(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	for _, path := range []string{"/livez", "/readyz"} {
		if answer, body := call(t, "GET", server.URL+path, nil, nil); answer.StatusCode != http.StatusOK || string(body) != "ok\n" {
			t.Errorf("%s: %d %s", path, answer.StatusCode, body)
		}
	}
}
