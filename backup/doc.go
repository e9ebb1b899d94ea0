// Package backup is what a backup of an instance is made of: files with their digests, keys wrapped under a passphrase, and a manifest that
// names all of it and is itself proven by the passphrase.
//
// [Create] writes one, into a directory or a tar file; [Open] reads one and believes nothing: every byte is compared with the manifest, and
// the manifest with its authentication code, before anything is said to be good. What is wrong is named by its file.
//
// The room knows files and keys only. Which files an instance has, and how to make them stand still, is the business of engine and cmd/wuku.
package backup
