// What the pages need of age: files for X25519 keys and under a passphrase, their text form, and SHA-256 for
// fingerprints (crypto.subtle is missing where an office runs without https).
export {Encrypter, Decrypter, armor, generateX25519Identity, identityToRecipient} from "age-encryption";
export {sha256} from "@noble/hashes/sha2.js";
