namespace Reproduce.Libtorch;

/// <summary>TorchSharp or libtorch cannot be used on this machine; the message says what is wrong and what to do.</summary>
/// <param name="message">One or two sentences.</param>
/// <param name="cause">The exception behind it, if any.</param>
public sealed class TorchUnusableException(string message, Exception? cause = null) : Exception(message, cause);
