package xla

import (
	"path/filepath"
	"strings"
)

// cudaLibraries are NVIDIA's libraries that the CUDA plugin of a version opens
// when it needs them, and without which it may end the process; the driver is
// beside them. NCCL is for several GPUs.
var cudaLibraries = map[string][]string{
	"12": {
		"libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcudnn.so.9", "libcufft.so.11",
		"libcusolver.so.11", "libcusparse.so.12", "libcupti.so.12", "libnccl.so.2",
	},
	"13": {
		"libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcudnn.so.9", "libcufft.so.12",
		"libcusolver.so.12", "libcusparse.so.12", "libcupti.so.13", "libnccl.so.2",
	},
}

// driver is the library that NVIDIA's driver installs.
const driver = "libcuda.so.1"

// cudaVersion is the version of CUDA in a plugin's path; empty if there is none or
// it is not a plugin for CUDA.
func cudaVersion(p Plugin) string {
	for version := range cudaLibraries {
		if strings.Contains(strings.ToLower(filepath.ToSlash(p.Path)), "cuda"+version) {
			return version
		}
	}
	return ""
}

func isCUDA(p Plugin) bool {
	return strings.HasPrefix(p.Name, "cuda") || strings.Contains(strings.ToLower(filepath.Base(p.Path)), "cuda")
}

// checkCUDA fails for a CUDA plugin whose driver or libraries are missing.
// There tells whether the system finds a library by its name alone.
func checkCUDA(p Plugin, there func(name string) bool) error {
	if !isCUDA(p) {
		return nil
	}
	if !there(driver) {
		return failed("install NVIDIA's driver, on a machine that has an NVIDIA GPU", "plugin %s: NVIDIA's driver is missing (%s)", p.Path, driver)
	}
	var missing []string
	for _, name := range cudaLibraries[cudaVersion(p)] {
		if !beside(p, name) && !there(name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return failed("{run backends install cuda} brings them, or put their folders into LD_LIBRARY_PATH",
		"plugin %s: libraries are missing: %s", p.Path, strings.Join(missing, ", "))
}

// beside reports whether a library is where the plugin itself looks: in
// nvidia/*/lib, one or two folders up.
func beside(p Plugin, name string) bool {
	for _, up := range []string{"..", filepath.Join("..", "..")} {
		found, _ := filepath.Glob(filepath.Join(filepath.Dir(p.Path), up, "nvidia", "*", "lib", name))
		if len(found) > 0 {
			return true
		}
	}
	return false
}
