package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"easel/client"
	"easel/internal/file/imgio"
	"easel/internal/file/safetensors"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// process is a server that runs.
type process struct {
	cmd    *exec.Cmd
	out    io.ReadCloser
	url    string
	client *client.Client // nil before it is ready
}

// start starts a server and waits until it says where it is.
func start(f flags, args ...string) (*process, error) {
	p, err := launch(f, args...)
	if err != nil {
		return nil, err
	}
	return p, p.ready()
}

// launch starts a server.
func launch(f flags, args ...string) (*process, error) {
	args = append([]string{"serve", "--json", "--listen", "127.0.0.1:0", "--rate", "0"}, args...)
	if f.model != "" {
		args = append(args, "--model", f.model)
	}
	cmd := exec.Command(f.easel, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &process{cmd: cmd, out: out}, cmd.Start()
}

// ready waits until the server says where it is.
func (p *process) ready() error {
	lines := bufio.NewScanner(p.out)
	var at struct{ URL string }
	for at.URL == "" && lines.Scan() {
		_ = json.Unmarshal(lines.Bytes(), &at)
	}
	if at.URL == "" {
		p.kill()
		return errors.New("the server did not start")
	}
	go func() {
		for lines.Scan() {
		}
	}()
	p.url, p.client = at.URL, client.New(at.URL, "")
	return nil
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// labels is a picture file with areas, as a drawing has.
func labels(size int) []byte {
	p := imgio.New(size, size, 3)
	for y := range size {
		for x := range size {
			p.Set(x, y, (x/(size/8)+y/(size/8))%3, 1)
		}
	}
	var b bytes.Buffer
	if err := imgio.Encode(&b, imgio.PNG, p); err != nil {
		panic(err) // three channels are always possible
	}
	return b.Bytes()
}

// randomModel writes the paper's network with random weights: how long it takes does
// not depend on them.
func randomModel(path string) error {
	c := stored.Config{Network: pix2pix.Default(), Images: stored.Images{Range: stored.Range, Direction: "AtoB", LoadSize: 286, InputFilter: "nearest", TargetFilter: "bilinear"}}
	network, err := pix2pix.Inference(c.Network, 1, c.Network.ImageSize, c.Network.ImageSize, pix2pix.InferenceOptions{})
	if err != nil {
		return err
	}
	var list []safetensors.Tensor
	for _, p := range network.Parameters {
		list = append(list, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Initialise(7)})
	}
	return stored.Write(path, stored.KindModel, c, stored.Training{}, list)
}

// seconds is a server's processor time.
func (p *process) seconds() float64 { return processorTime(p.cmd.Process.Pid) }

// processorTime is a process's processor time in seconds, as Linux tells.
func processorTime(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var user, system int64
	_, _ = fmt.Sscan(fields[11], &user)
	_, _ = fmt.Sscan(fields[12], &system)
	const ticks = 100 // a second, on every Linux of today
	return float64(user+system) / ticks
}

// resident is a process's memory in bytes: all of it, and what is not of files, as the
// weights are.
func (p *process) resident() (all, own int64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		n, _ := strconv.ParseInt(fields[1], 10, 64)
		switch fields[0] {
		case "VmRSS:":
			all = n << 10
		case "RssAnon:":
			own = n << 10
		}
	}
	return all, own
}

// measure is a number of the server's metrics.
func (p *process) measure(name string) (float64, error) {
	answer, err := http.Get(p.url + "metrics")
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile("(?m)^" + regexp.QuoteMeta(name) + " (.*)$").FindSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("no metric %s", name)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

// settled waits until a metric is back at most where it was, for a while.
func (p *process) settled(name string, before float64, wait time.Duration) (now float64, err error) {
	for deadline := time.Now().Add(wait); ; time.Sleep(200 * time.Millisecond) {
		if now, err = p.measure(name); err != nil || now <= before || time.Now().After(deadline) {
			return now, err
		}
	}
}

// model is the id of the server's first model.
func (p *process) model() (string, error) {
	models, err := p.client.Models(context.Background())
	if err == nil && len(models) == 0 {
		err = errors.New("the server has no model")
	}
	if err != nil {
		return "", err
	}
	return models[0].ID, nil
}
