// Package browser holds the pages of easel serve in a real browser: a Chromium that
// is installed. Without one its tests are skipped.
//
//	cd internal/face/serve/browser && go test ./...
//
// EASEL_AXE names axe-core's axe.min.js (npm package axe-core); with it the pages are
// checked for what keeps people with screen readers out, too.
package browser
