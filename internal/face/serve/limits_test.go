package serve_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"easel/internal/data/palette"
	"easel/internal/face/serve"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// bomb is a PNG file of a few bytes that claims to be huge.
func bomb(width, height uint32) []byte {
	header := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)...)
	header = append(header, 8, 2, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(header))
}

// TestBombs: what a header claims is refused before it is believed.
func TestBombs(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	gif := append([]byte("GIF89a\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\xff\xff\xff"), bytes.Repeat([]byte(",\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x00"), 1e4)...)
	for name, data := range map[string][]byte{"PNG": bomb(30000, 30000), "a line": bomb(1<<31-1, 1), "GIF of many frames": gif} {
		answer, body := call(t, "POST", server.URL+"/m", data, nil)
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d %s", name, answer.StatusCode, body)
		}
	}
	answer, body := call(t, "POST", server.URL+"/m", []byte("II*\x00\x08\x00\x00\x00\xff\xff"), nil)
	wantProblem(t, answer, body, http.StatusUnprocessableEntity, "damaged")
}

// TestMemory: a picture that can never fit is refused for good, one that does not
// fit now is to come again, and everything is given back.
func TestMemory(t *testing.T) {
	t.Parallel()
	server, hold := startHeld(t, 4<<20)
	answer, body := call(t, "POST", server.URL+"/m", picture(t, 400, 300, 8), nil)
	wantProblem(t, answer, body, http.StatusRequestEntityTooLarge, "too-large")
	release := hold(4 << 20)
	answer, body = call(t, "POST", server.URL+"/m", picture(t, 60, 60, 8), nil)
	wantProblem(t, answer, body, http.StatusTooManyRequests, "memory")
	if answer.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	release()
	for range 3 {
		if answer, body := call(t, "POST", server.URL+"/m", picture(t, 60, 60, 8), nil); answer.StatusCode != http.StatusOK {
			t.Fatalf("memory did not come back: %d %s", answer.StatusCode, body)
		}
		hold(4 << 20)()
	}
}

// startHeld is start with a budget of memory of which the test can hold a part,
// as another request would.
func startHeld(t *testing.T, memory int64) (*httptest.Server, func(int64) (release func())) {
	t.Helper()
	o := serve.Default()
	o.Models = []string{writeModel(t, filepath.Join(t.TempDir(), "m.safetensors"), nil)}
	o.MaxMemory = memory
	s, err := serve.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() { server.Close(); _ = s.Close() })
	return server, func(n int64) func() {
		release, err := serve.Hold(s, n)
		for deadline := time.Now().Add(20 * time.Second); err != nil && time.Now().Before(deadline); {
			release, err = serve.Hold(s, n) // the last request may still be ending
		}
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
}

// TestRate: one client that asks too often is told to wait.
func TestRate(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.Rate = 0.5 })
	in := picture(t, 8, 8, 8)
	if answer, body := call(t, "POST", server.URL+"/m", in, nil); answer.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", answer.StatusCode, body)
	}
	answer, body := call(t, "POST", server.URL+"/m", in, nil)
	wantProblem(t, answer, body, http.StatusTooManyRequests, "rate")
	if answer.Header.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q", answer.Header.Get("Retry-After"))
	}
	if answer, _ := call(t, "GET", server.URL+"/v1/models", nil, nil); answer.StatusCode != http.StatusOK {
		t.Errorf("looking is no work: %d", answer.StatusCode)
	}
}

// TestManyClients: whatever comes at once is done or told to come again, and all
// results are those of somebody alone.
func TestManyClients(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.Waiting, o.Rate = 4, 0 })
	in := picture(t, 64, 64, 8)
	_, want := call(t, "POST", server.URL+"/m", in, nil)
	var wait sync.WaitGroup
	for range 40 {
		wait.Go(func() {
			answer, err := http.Post(server.URL+"/m", "image/png", bytes.NewReader(in))
			if err != nil {
				t.Error(err)
				return
			}
			defer answer.Body.Close()
			body, _ := io.ReadAll(answer.Body)
			if answer.StatusCode != http.StatusTooManyRequests && (answer.StatusCode != http.StatusOK || !bytes.Equal(body, want)) {
				t.Errorf("%d %.100q", answer.StatusCode, body)
			}
		})
	}
	wait.Wait()
}

// TestToken: who has no token gets no further than the page.
func TestToken(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.Listen, o.Token = "0.0.0.0:8420", "secret" })
	for path, free := range map[string]bool{"/": true, "/app.js": true, "/livez": true, "/readyz": true, "/v1/models": false, "/v1/version": false, "/nothing": false} {
		for header, in := range map[string]bool{"": free, "Bearer secret": true, "Bearer secre": free, "Basic secret": free} {
			answer, body := call(t, "GET", server.URL+path, nil, http.Header{"Authorization": {header}})
			if (answer.StatusCode != http.StatusUnauthorized) != in {
				t.Errorf("%s with %q: %d %s", path, header, answer.StatusCode, body)
			}
		}
	}
	answer, body := call(t, "POST", server.URL+"/m", picture(t, 8, 8, 8), nil)
	wantProblem(t, answer, body, http.StatusUnauthorized, "token")
	answer, body = call(t, "POST", server.URL+"/v1/session", nil, http.Header{"Authorization": {"Bearer wrong"}})
	wantProblem(t, answer, body, http.StatusUnauthorized, "token")
	answer, _ = call(t, "POST", server.URL+"/v1/session", nil, http.Header{"Authorization": {"Bearer secret"}})
	cookies := answer.Cookies()
	if answer.StatusCode != http.StatusNoContent || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("%d %v", answer.StatusCode, cookies)
	}
	header := http.Header{"Cookie": {cookies[0].Name + "=" + cookies[0].Value}}
	if answer, body := call(t, "POST", server.URL+"/m", picture(t, 8, 8, 8), header); answer.StatusCode != http.StatusOK {
		t.Errorf("with the cookie: %d %s", answer.StatusCode, body)
	}
	if a, b := serve.NewToken(), serve.NewToken(); a == b || len(a) < 32 {
		t.Errorf("tokens %q and %q", a, b)
	}
}

// run runs a server of the options at a free port until the test ends, and
// returns where it is.
func run(t *testing.T, o serve.Options) serve.Listening {
	t.Helper()
	s, err := serve.New(o)
	if err != nil {
		t.Fatal(err)
	}
	at, ended := make(chan serve.Listening, 1), make(chan error, 1)
	ctx := t.Context() // ends before the cleanup
	go func() { ended <- s.Run(ctx, func(l serve.Listening) { at <- l }) }()
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return <-at
}

// TestSelfSigned: TLS with the certificate whose fingerprint is printed.
func TestSelfSigned(t *testing.T) {
	t.Parallel()
	o := serve.Default()
	o.Listen, o.SelfSigned, o.Token = "127.0.0.1:0", true, "abc"
	at := run(t, o)
	url, fragment, _ := strings.Cut(at.URL, "#")
	if !strings.HasPrefix(url, "https://127.0.0.1:") || fragment != "token=abc" {
		t.Errorf("it says that it is at %s", at.URL)
	}
	seen := ""
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{
		InsecureSkipVerify: true,
		VerifyConnection: func(c tls.ConnectionState) error {
			seen = fmt.Sprintf("%X", sha256.Sum256(c.PeerCertificates[0].Raw))
			return c.PeerCertificates[0].VerifyHostname("localhost")
		},
	}}}
	answer, err := client.Get(url + "livez")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK || seen != at.Fingerprint {
		t.Errorf("%d, certificate %s, printed %s", answer.StatusCode, seen, at.Fingerprint)
	}
}

// TestConnections: those beyond the limit wait until there is room.
func TestConnections(t *testing.T) {
	t.Parallel()
	o := serve.Default()
	o.Listen, o.Connections = "127.0.0.1:0", 1
	at := run(t, o)
	address := strings.Trim(strings.TrimPrefix(at.URL, "http://"), "/")
	first, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	second, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	_, _ = io.WriteString(second, "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	_ = second.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := second.Read(make([]byte, 1)); n > 0 || !os.IsTimeout(err) {
		t.Errorf("answered while the only connection was taken: %v", err)
	}
	first.Close()
	_ = second.SetReadDeadline(time.Now().Add(20 * time.Second))
	text, err := io.ReadAll(second)
	if err != nil || !strings.Contains(string(text), "200 OK") {
		t.Errorf("%v %s", err, text)
	}
}

// TestInputs: pages are told what to draw.
func TestInputs(t *testing.T) {
	t.Parallel()
	path := writeModel(t, filepath.Join(t.TempDir(), "m.safetensors"), func(c *stored.Config) {
		c.Images.Inputs = stored.Samples{Content: "labels", Palette: []palette.Class{{Colour: [3]uint8{0, 48, 255}, Name: "facade"}}}
	})
	server := start(t, func(o *serve.Options) { o.Models = []string{path} })
	_, body := call(t, "GET", server.URL+"/v1/models/m", nil, nil)
	var m serve.Model
	if err := json.Unmarshal(body, &m); err != nil || m.Input.Kind != "labels" || len(m.Input.Palette) != 1 || m.Input.Palette[0] != (translate.Colour{Colour: "#0030ff", Name: "facade"}) {
		t.Errorf("%v %s", err, body)
	}
}

// TestTexts: a picture says what made it.
func TestTexts(t *testing.T) {
	t.Parallel()
	path := writeModel(t, filepath.Join(t.TempDir(), "m.safetensors"), nil)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	server := start(t, func(o *serve.Options) { o.Models, o.Version = []string{path}, "1.2" })
	_, body := call(t, "POST", server.URL+"/m?seed=9&noise=off", picture(t, 8, 8, 8), nil)
	for keyword, text := range map[string]string{
		"Software": "easel 1.2", "easel:model": "m", "easel:seed": "9", "easel:noise": "off",
		"easel:model-sha256": fmt.Sprintf("%x", sha256.Sum256(content)),
	} {
		if !bytes.Contains(body, []byte("iTXt"+keyword+"\x00\x00\x00\x00\x00"+text)) {
			t.Errorf("no %s %s", keyword, text)
		}
	}
}

// TestNewCheckpoint: a run that goes on is translated with as it is now.
func TestNewCheckpoint(t *testing.T) {
	t.Parallel()
	run := t.TempDir()
	folder := filepath.Join(run, stored.CheckpointsFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	writeModel(t, stored.StepPath(folder, 1), nil)
	server := start(t, func(o *serve.Options) { o.Models = []string{run} })
	in := picture(t, 32, 32, 8)
	_, before := call(t, "POST", server.URL+"/v1/translate", in, nil)
	writeModel(t, stored.StepPath(folder, 2), func(c *stored.Config) { c.Network.Dropout = "off" })
	answer, after := call(t, "POST", server.URL+"/v1/translate", in, nil)
	if answer.StatusCode != http.StatusOK || bytes.Equal(before, after) {
		t.Errorf("%d, and the picture is the old network's", answer.StatusCode)
	}
}
