// The part of PJRT's C interface (xla/pjrt/c/pjrt_c_api.h, version 0) that is
// asked before or beside the Go binding. The interface only ever grows at its
// end, so places in it do not move.

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  void *library; // of dlopen
  void *api;     // of GetPjrtApi
  int major, minor;
  char failure[512]; // empty if all went well
} easel_plugin;

typedef struct {
  char kind[128];
  int64_t in_use, limit; // bytes; -1 is unknown
} easel_device;

// easel_load opens a library and looks at its version. needs is the number of
// functions that its table has to have.
easel_plugin *easel_load(const char *path, size_t needs);

// easel_there reports whether the system finds a library by its name.
bool easel_there(const char *name);

// easel_describe asks about a device, a PJRT_Device.
void easel_describe(void *api, void *device, easel_device *about);
