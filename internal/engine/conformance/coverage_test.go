package conformance_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"easel/internal/engine/conformance"
)

// TestEveryOperationHasACase reads package graph's source for the types that
// implement Op, so that a new one without a case fails here.
func TestEveryOperationHasACase(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, op := range conformance.Ops() {
		covered[reflect.TypeOf(op).Name()] = true
	}
	all := operations(t)
	if len(all) < 35 {
		t.Fatalf("found only %d operations: %v", len(all), all)
	}
	for _, name := range all {
		if !covered[name] {
			t.Errorf("no case has a graph.%s", name)
		}
	}
}

// operations are the receivers of methods named infer.
func operations(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../graph/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "infer" {
				names = append(names, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	return names
}

// TestEveryVariantHasACase lists the variants of operations that their
// attributes make, by the first word of their names.
func TestEveryVariantHasACase(t *testing.T) {
	t.Parallel()
	var names []string
	for _, op := range conformance.Ops() {
		words := strings.Fields(op.Name())
		if words[0] == "matmul" || words[0] == "group-sum" {
			words[0] = op.Name()
		}
		names = append(names, words[0])
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, want := range strings.Fields(`
		add multiply scale power bias channel-sum broadcast mean stop-gradient
		relu leaky-relu tanh sigmoid relu-gradient leaky-relu tanh-gradient sigmoid-gradient
		concat channels embed-channels reshape
		zero-pad reflect-pad replicate-pad zero-pad-gradient reflect-pad-gradient replicate-pad-gradient
		convolution convolution-swapped convolution-input-gradient transposed-convolution
		convolution-kernel-gradient convolution-kernel-gradient-swapped
		batch-moments batch-norm batch-norm-sums batch-norm-input-gradient
		instance-moments instance-norm instance-norm-sums instance-norm-input-gradient
		max-pool average-pool max-pool-gradient average-pool-gradient
		nearest-resize bilinear-resize nearest-resize-gradient bilinear-resize-gradient
		gram gram-gradient l1 l2 logit-cross-entropy least-squares hinge softmax-cross-entropy
		l1-gradient l2-gradient softmax-cross-entropy-gradient dropout-mask normal-noise adam all-reduce pooled-moments
		extent-cut extent-layout extent-moments`) {
		if !slices.Contains(names, want) {
			t.Errorf("no case has %q", want)
		}
	}
	for _, want := range []string{"matmul A·B", "matmul Aᵀ·B", "matmul A·Bᵀ", "group-sum 0", "group-sum 1"} {
		if !slices.Contains(names, want) {
			t.Errorf("no case has %q", want)
		}
	}
}
