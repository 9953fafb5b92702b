package weights

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/digest"
	"easel/internal/file/safetensors"
	"easel/internal/model/vgg"
)

// caffeKernel is the SHA-256 of conv1_1's kernel in the weights of Simonyan and Zisserman
// (float32, little-endian, [out, in, 3, 3], BGR), in whatever file: vgg19-d01eb7cb.pth, the
// vgg_conv.pth of the paper's authors, …
const caffeKernel = "f8ee325686ded00722375b5a05fd287de09be3bd3b1853cb1c5cf29996394684"

// kindOf finds out which preprocessing the network was trained with, and how that is known,
// in this order: the file's metadata, names of tensors that only one kind has, the numbers
// of conv1_1, the SHA-256 of the file. The caller's claim must agree with it, and is
// trusted if there is no evidence.
func kindOf(path string, file tensors, s scheme, first vgg.Filter, claimed vgg.Kind) (vgg.Kind, string, error) {
	kind, evidence := fromMetadata(file)
	if kind == "" {
		kind, evidence = fromNames(file, s)
	}
	if kind == "" && sumOf(first.Kernel) == caffeKernel {
		kind, evidence = vgg.Caffe, "the numbers of conv1_1"
	}
	// Hash the whole file only if it could be the known one.
	if kind == "" && claimed == "" && fileSize(path) == torchvisionFile.Size {
		sum, err := digest.File(path)
		if err != nil {
			return "", "", err
		}
		if sum == torchvisionFile.SHA256 {
			kind, evidence = vgg.Torchvision, "the SHA-256 of the file"
		}
	}
	switch {
	case kind == "" && claimed == "":
		return "", "", hint.New(
			fmt.Errorf("the file does not say what kind of weights it has"),
			"use {weights_kind=torchvision} (RGB from 0 to 1, as torchvision and timm train them) or {weights_kind=caffe} (BGR from 0 to 255, "+
				"as the paper's authors and Johnson's vgg19-d01eb7cb.pth)",
		)
	case kind == "":
		return claimed, "the caller's choice", nil
	case claimed != "" && claimed != kind:
		return "", "", hint.New(
			fmt.Errorf("the weights are of the kind %s, judging by %s, not %s", kind, evidence, claimed),
			"leave {weights_kind} out",
		)
	}
	return kind, evidence, nil
}

// fromMetadata reads "kind", or the description "input", of a safetensors file.
func fromMetadata(file tensors) (vgg.Kind, string) {
	r, ok := file.(*safetensors.Reader)
	if !ok {
		return "", ""
	}
	metadata := r.Metadata()
	for _, k := range vgg.Kinds() {
		if metadata["kind"] == string(k) {
			return k, "the file's metadata"
		}
	}
	input := metadata["input"]
	bgr, rgb := strings.Contains(input, "BGR"), strings.Contains(input, "RGB")
	switch {
	case bgr && !rgb && strings.Contains(input, "255"):
		return vgg.Caffe, "the file's metadata"
	case rgb && !bgr && strings.Contains(input, "0.485"):
		return vgg.Torchvision, "the file's metadata"
	}
	return "", ""
}

// fromNames knows three files by the names of their tensors. Names like those of
// torchvision's vgg19 may be of either kind: converted Caffe weights have them, too.
func fromNames(file tensors, s scheme) (vgg.Kind, string) {
	has := func(name string) bool { _, ok := file.Shape(name); return ok }
	switch {
	case s == byLayer:
		// Caffe's own names; the paper's authors' vgg_conv.pth.
		return vgg.Caffe, "its tensors' names, which are Caffe's"
	case has("classifier.1.weight") && has("classifier.4.weight"):
		// Johnson's file counts the fully connected layers differently.
		return vgg.Caffe, "its tensors' names, which are those of vgg19-d01eb7cb.pth"
	case has("pre_logits.fc1.weight"):
		return vgg.Torchvision, "its tensors' names, which are timm's"
	}
	return "", ""
}

// sumOf returns the SHA-256 of numbers as stored in a file.
func sumOf(values []float32) string {
	hash := sha256.New()
	var b [4]byte
	for _, v := range values {
		binary.LittleEndian.PutUint32(b[:], math.Float32bits(v))
		hash.Write(b[:])
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}
