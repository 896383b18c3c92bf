"""How good answers are: metrics, threshold, calibration, and the baselines beside them."""
