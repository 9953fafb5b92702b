package strictjson_test

import (
	"strings"
	"testing"

	"easel/internal/base/strictjson"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":1}`:       "",
		" {\"b\":2} \n": "",
		`{"a":1,"c":3}`: "unknown field",
		`{"a":1} {}`:    "after the JSON value",
		`{"a":1}]`:      "after the JSON value",
		`{"a":"1"}`:     "cannot unmarshal",
		`{"a":1`:        "unexpected EOF",
		``:              "EOF",
	} {
		v := struct{ A, B int }{B: 7}
		err := strictjson.Decode([]byte(text), &v)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		if text == `{"a":1}` && (v.A != 1 || v.B != 7) {
			t.Errorf("%s: %+v", text, v)
		}
	}
}
