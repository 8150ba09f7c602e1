"""Bundled weights, one safetensors file a model, each with its card inside."""
