package stored

import (
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/file/atomicfile"
)

// childFolder tells a copy of this test program to stop in the middle of
// writing a checkpoint there.
const childFolder = "EASEL_TEST_CHECKPOINT_FOLDER"

func TestMain(m *testing.M) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	err := atomicfile.Write(StepPath(dir, 2), func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return err
		}
		os.Stdout.WriteString("half")
		_, err := io.Copy(io.Discard, os.Stdin) // until killed
		return err
	})
	if err != nil {
		os.Exit(1)
	}
}

func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writeFile(StepPath(dir, 1), exampleHeader(), exampleTensors(), false); err != nil {
		t.Fatal(err)
	}
	killWriter(t, dir)
	if n := len(names(t, dir)); n != 2 {
		t.Fatalf("the folder has %v, expected a leftover", names(t, dir))
	}
	path, step, err := Latest(dir)
	if err != nil || step != 1 {
		t.Fatalf("%s, %d, %v", path, step, err)
	}
	if _, err := ReadHeader(path); err != nil {
		t.Fatal(err)
	}
	if err := Prune(dir, 1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"step-00000001.safetensors"}, names(t, dir)); diff != "" {
		t.Fatal(diff)
	}
}

// killWriter starts a process that writes a checkpoint and kills it half way.
func killWriter(t *testing.T, dir string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Skip("cannot start a copy of the test program:", err)
	}
	child := exec.Command(program)
	child.Env = append(os.Environ(), childFolder+"="+dir)
	hold, err := child.StdinPipe() // never closed: the child waits
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 4)); err != nil {
		t.Errorf("the writer did not get half way: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := child.Wait(); err == nil {
		t.Error("the writer was not killed")
	}
}
