package easel

import (
	"reflect"

	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
	"easel/internal/work/train"
)

// convert copies a value of a lower floor to its public form, or back. Fields are
// matched by name, since types.go is generated from the types below; byHand copies the
// few types that differ. It panics for a type without a counterpart; a test makes sure
// that there is none.
func convert[To any](from any) To {
	var to To
	copyInto(reflect.ValueOf(&to).Elem(), reflect.ValueOf(from))
	return to
}

func copyInto(to, from reflect.Value) {
	if byHand(to, from) {
		return
	}
	switch from.Kind() {
	case reflect.Struct:
		for i := range to.NumField() {
			field := to.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			source := from.FieldByName(field.Name)
			if !source.IsValid() && field.Anonymous {
				source = embedded(from)
			}
			if source.IsValid() {
				copyInto(to.Field(i), source)
			}
		}
	case reflect.Slice:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeSlice(to.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			copyInto(to.Index(i), from.Index(i))
		}
	case reflect.Array:
		for i := range from.Len() {
			copyInto(to.Index(i), from.Index(i))
		}
	case reflect.Map:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeMapWithSize(to.Type(), from.Len()))
		for _, key := range from.MapKeys() {
			value := reflect.New(to.Type().Elem()).Elem()
			copyInto(value, from.MapIndex(key))
			to.SetMapIndex(key.Convert(to.Type().Key()), value)
		}
	case reflect.Pointer:
		if from.IsNil() {
			return
		}
		to.Set(reflect.New(to.Type().Elem()))
		copyInto(to.Elem(), from.Elem())
	case reflect.Interface:
		if !from.IsNil() {
			to.Set(from)
		}
	default:
		to.Set(from.Convert(to.Type()))
	}
}

// embedded is the first embedded field, whose public name differs.
func embedded(v reflect.Value) reflect.Value {
	for i := range v.NumField() {
		if v.Type().Field(i).Anonymous {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

// byHand copies types whose public form differs.
func byHand(to, from reflect.Value) bool {
	if to.Type() == from.Type() {
		to.Set(from)
		return true
	}
	switch v := from.Interface().(type) {
	case train.Length:
		to.Set(reflect.ValueOf(Length{v}))
	case Length:
		to.Set(reflect.ValueOf(v.length))
	case pix2pix.Objective:
		to.Set(reflect.ValueOf(Objective{PixelLoss(v.Pixel), AdversarialLoss(v.Adversarial)}))
	case Objective:
		to.Set(reflect.ValueOf(v.below()))
	case imgio.Picture:
		to.Set(reflect.ValueOf(pictureOf(&v)))
	case Picture:
		to.Set(reflect.ValueOf(*v.below()))
	case []imgio.Warning:
		texts := make([]string, len(v))
		for i, w := range v {
			texts[i] = w.String()
		}
		to.Set(reflect.ValueOf(texts))
	default:
		return false
	}
	return true
}

// hearing passes events on in their public form, if anybody listens.
func hearing[Below, Public any](notify func(Public)) func(Below) {
	if notify == nil {
		return func(Below) {}
	}
	return func(e Below) { notify(convert[Public](e)) }
}
