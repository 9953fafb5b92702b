// Package validate checks the manifests for Kubernetes without a cluster: it is a module of
// its own, so that what it needs stays out of easel.
package validate
