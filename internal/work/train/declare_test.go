package train_test

import (
	"encoding/json"
	"slices"
	"testing"

	"easel/internal/model/pix2pix"
	"easel/internal/work/train"
)

// TestEveryOptionIsDeclared: each key of a run's configuration, once, and each
// with a help; what a run finds out itself is none.
func TestEveryOptionIsDeclared(t *testing.T) {
	t.Parallel()
	o := train.Default()
	o.Length = train.Length{Epochs: 1, Steps: 1, Time: 1}
	o.Palette, o.Ignore, o.Pairs, o.Range = "p", []string{"sky"}, "side-by-side", "0:4095"
	o.Network.PictureUpsample, o.Network.ActivatedSkips, o.Network.EnhancerBlocks = pix2pix.Resize, true, 1
	o.Network.Classes, o.Network.ClassEdges = 2, true
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	var keys []string
	var walk func(prefix string, tree map[string]any)
	walk = func(prefix string, tree map[string]any) {
		for key, value := range tree {
			if below, ok := value.(map[string]any); ok {
				walk(prefix+key+".", below)
			} else {
				keys = append(keys, prefix+key)
			}
		}
	}
	walk("", tree)
	flags := map[string]bool{}
	for _, d := range o.Declared() {
		if d.Help == "" || d.Group == "" {
			t.Errorf("%v has no help or no group", d.Name)
		}
		if d.Flag != "" && flags[d.Flag] {
			t.Errorf("--%s is declared twice", d.Flag)
		}
		flags[d.Flag] = true
		i := slices.Index(keys, d.Key)
		if d.Key != "" && i < 0 {
			t.Errorf("%s is no key of the configuration, or is declared twice", d.Key)
		}
		if i >= 0 {
			keys = slices.Delete(keys, i, i+1)
		}
	}
	if len(keys) > 0 {
		t.Errorf("not declared: %v", keys)
	}
}

// TestLengthReplaces: a length in JSON stands instead of the one before.
func TestLengthReplaces(t *testing.T) {
	t.Parallel()
	o := train.Default()
	if err := json.Unmarshal([]byte(`{"length": {"steps": 7}}`), &o); err != nil || o.Length != (train.Length{Steps: 7}) {
		t.Errorf("%+v, %v", o.Length, err)
	}
	if err := json.Unmarshal([]byte(`{"length": {"weeks": 7}}`), &o); err == nil {
		t.Error("an unknown key passes")
	}
}
